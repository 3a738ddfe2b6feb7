"""The workflow of ../README.md with py-consul."""

import sys
import threading
import time

import consul

NAME = "python-web"
PREFIX = "clients/python/"
PATIENCE = 60


def main(address):
    host, port = address.rsplit(":", 1)
    client = consul.Consul(host=host, port=int(port))
    registration(client)
    keys(client)
    sessions = election(client)
    the_leader_dies(client, sessions)
    the_end(client, sessions)
    print("done", flush=True)


def expect(truth, message):
    if not truth:
        raise SystemExit(f"not so: {message}")


def later(function):
    """Runs it beside the rest; the returned function waits for what it gives."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()), daemon=True)
    thread.start()

    def wait():
        thread.join(PATIENCE)
        expect(found, "the blocking query was answered in time")
        return found[0]

    return wait


def registration(client):
    client.agent.service.register(
        NAME, service_id=f"{NAME}-1", port=8080, tags=["v1"], meta={"lang": "python"}, check=consul.Check.ttl("60s")
    )
    expect(f"{NAME}-1" in client.agent.services(), "the agent lists the service")
    index, instances = client.health.service(NAME, passing=True)
    expect(instances == [], "a check that was never told is critical")

    def passing():
        known, found = index, []
        while not found:
            known, found = client.health.service(NAME, passing=True, index=known, wait="30s")
        return found

    wait = later(passing)
    client.agent.check.ttl_pass(f"service:{NAME}-1", "all is well")
    found = wait()
    expect(found[0]["Service"]["Port"] == 8080, f"the instance is found: {found}")
    expect(found[0]["Service"]["Meta"] == {"lang": "python"}, f"with its metadata: {found}")
    _, named = client.catalog.service(NAME, tag="v1")
    expect(len(named) == 1, f"the catalog finds it by tag: {named}")


def keys(client):
    key = PREFIX + "watched"
    index, nothing = client.kv.get(key)
    expect(nothing is None, "there is no such key yet")
    wait = later(lambda: client.kv.get(key, index=index, wait="30s"))
    expect(client.kv.put(key, "one", flags=7), "the key is written")
    _, entry = wait()
    while entry is None:
        index, entry = client.kv.get(key, index=index, wait="5s")
    expect(entry["Value"] == b"one" and entry["Flags"] == 7, f"the watch sees it: {entry}")
    expect(not client.kv.put(key, "two", cas=entry["ModifyIndex"] - 1), "a wrong index writes nothing")
    expect(client.kv.put(key, "two", cas=entry["ModifyIndex"]), "the right index writes")
    expect(client.kv.put(PREFIX + "deep/er", "three"), "another key is written")
    _, entries = client.kv.get(PREFIX, recurse=True)
    expect([one["Value"] for one in entries] == [b"three", b"two"], f"all keys are read: {entries}")
    _, names = client.kv.get(PREFIX, keys=True, separator="/")
    expect(names == [PREFIX + "deep/", PREFIX + "watched"], f"names are cut: {names}")


def election(client):
    key = PREFIX + "leader"
    first, second = (client.session.create(name=f"contender {n}", ttl=60, lock_delay=0, behavior="delete") for n in (1, 2))
    expect(client.kv.put(key, "first", acquire=first), "the first leads")
    expect(not client.kv.put(key, "second", acquire=second), "the second does not")
    index, entry = client.kv.get(key)
    expect(entry["Session"] == first, f"the lock names its holder: {entry}")

    def lead():
        known, held = index, entry
        while not client.kv.put(key, "second", acquire=second):
            while held is not None and held.get("Session"):
                known, held = client.kv.get(key, index=known, wait="30s")
            held = None
        return True

    wait = later(lead)
    expect(client.kv.put(key, "first", release=first), "the first gives it back")
    expect(wait(), "the second leads then")
    return first, second


def the_leader_dies(client, sessions):
    print("kill the leader", flush=True)
    sys.stdin.readline()
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if client.kv.put(PREFIX + "after", "four"):
                break
        except consul.base.ConsulException as error:
            expect(time.monotonic() < deadline, f"writes go on: {error}")
    _, entry = client.kv.get(PREFIX + "watched", consistency="consistent")
    expect(entry["Value"] == b"two", f"what was acknowledged is there: {entry}")
    for session in sessions:
        client.session.renew(session)
    _, entry = client.kv.get(PREFIX + "leader")
    expect(entry["Session"] == sessions[1], f"the second still leads: {entry}")
    client.agent.check.ttl_pass(f"service:{NAME}-1", "still well")
    _, found = client.health.service(NAME, passing=True)
    expect(len(found) == 1, f"the service still passes: {found}")


def the_end(client, sessions):
    client.agent.service.deregister(f"{NAME}-1")
    expect(f"{NAME}-1" not in client.agent.services(), "the service is gone from its agent")
    for session in sessions:
        expect(client.session.destroy(session), "the session is destroyed")
    _, entry = client.kv.get(PREFIX + "leader")
    expect(entry is None, f"its lock went with it: {entry}")
    client.kv.delete(PREFIX, recurse=True)
    _, entries = client.kv.get(PREFIX, recurse=True)
    expect(entries is None, f"all keys are gone: {entries}")


main(sys.argv[1])
