// The workflow of ../README.md with the npm package consul.
"use strict";

const readline = require("node:readline");
const Consul = require("consul");

const NAME = "node-web";
const PREFIX = "clients/node/";
const PATIENCE = 60_000;

function expect(truth, message) {
  if (!truth) throw new Error(`not so: ${message}`);
}

/** The first change of a watch that this accepts. */
function first(client, method, options, accept) {
  return new Promise((resolve, reject) => {
    const watch = client.watch({ method, options, backoffFactor: 50, maxAttempts: 100 });
    const late = setTimeout(() => reject(new Error("not so: the watch tells in time")), PATIENCE);
    watch.on("change", (data) => {
      if (!accept(data)) return;
      clearTimeout(late);
      watch.end();
      resolve(data);
    });
    watch.on("error", () => {});
  });
}

async function registration(client) {
  await client.agent.service.register({
    name: NAME,
    id: `${NAME}-1`,
    port: 8080,
    tags: ["v1"],
    meta: { lang: "node" },
    check: { ttl: "60s" },
  });
  expect((await client.agent.service.list())[`${NAME}-1`], "the agent lists the service");
  expect((await client.health.service({ service: NAME, passing: true })).length === 0, "an untold check is critical");
  const passing = first(client, client.health.service, { service: NAME, passing: true }, (found) => found.length > 0);
  await client.agent.check.pass({ id: `service:${NAME}-1`, note: "all is well" });
  const [instance] = await passing;
  expect(instance.Service.Port === 8080 && instance.Service.Meta.lang === "node", "the instance is found");
  expect((await client.catalog.service.nodes({ service: NAME, tag: "v1" })).length === 1, "the catalog finds it by tag");
}

async function keys(client) {
  const key = PREFIX + "watched";
  const seen = first(client, client.kv.get, { key }, (entry) => entry !== undefined);
  expect(await client.kv.set({ key, value: "one", flags: 7 }), "the key is written");
  const entry = await seen;
  expect(entry.Value === "one" && entry.Flags === 7, "the watch sees it");
  expect(!(await client.kv.set({ key, value: "two", cas: String(entry.ModifyIndex - 1) })), "a wrong index writes nothing");
  expect(await client.kv.set({ key, value: "two", cas: String(entry.ModifyIndex) }), "the right index writes");
  await client.transaction.create([
    { KV: { Verb: "set", Key: PREFIX + "deep/er", Value: Buffer.from("three").toString("base64") } },
  ]);
  const values = (await client.kv.get({ key: PREFIX, recurse: true })).map((one) => one.Value);
  expect(values.join() === "three,two", `all keys are read: ${values}`);
  const names = await client.kv.keys({ key: PREFIX, separator: "/" });
  expect(names.join() === `${PREFIX}deep/,${PREFIX}watched`, `names are cut: ${names}`);
}

async function election(client) {
  const key = PREFIX + "leader";
  const make = async (name) => (await client.session.create({ name, ttl: "60s", lockdelay: "0s", behavior: "delete" })).ID;
  const [one, two] = [await make("contender 1"), await make("contender 2")];
  expect(await client.kv.set({ key, value: "first", acquire: one }), "the first leads");
  expect(!(await client.kv.set({ key, value: "second", acquire: two })), "the second does not");
  const free = first(client, client.kv.get, { key }, (entry) => entry && !entry.Session);
  expect(await client.kv.set({ key, value: "first", release: one }), "the first gives it back");
  await free;
  expect(await client.kv.set({ key, value: "second", acquire: two }), "the second leads then");
  return [one, two];
}

async function theLeaderDies(client, sessions) {
  const lines = readline.createInterface({ input: process.stdin });
  console.log("kill the leader");
  await new Promise((resolve) => lines.once("line", resolve));
  lines.close();
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    try {
      if (await client.kv.set(PREFIX + "after", "four")) break;
    } catch (error) {
      expect(Date.now() < deadline, `writes go on: ${error}`);
    }
  }
  const kept = await client.kv.get({ key: PREFIX + "watched", consistent: true });
  expect(kept.Value === "two", "what was acknowledged is there");
  for (const id of sessions) await client.session.renew({ id });
  const lock = await client.kv.get(PREFIX + "leader");
  expect(lock.Session === sessions[1], "the second still leads");
  await client.agent.check.pass({ id: `service:${NAME}-1`, note: "still well" });
  expect((await client.health.service({ service: NAME, passing: true })).length === 1, "the service still passes");
}

async function theEnd(client, sessions) {
  await client.agent.service.deregister(`${NAME}-1`);
  expect(!(await client.agent.service.list())[`${NAME}-1`], "the service is gone from its agent");
  for (const id of sessions) await client.session.destroy({ id });
  expect((await client.kv.get(PREFIX + "leader")) === undefined, "the lock went with its session");
  await client.kv.del({ key: PREFIX, recurse: true });
  expect((await client.kv.get({ key: PREFIX, recurse: true })) === undefined, "all keys are gone");
}

async function main(address) {
  const [host, port] = address.split(":");
  const client = new Consul({ host, port: Number(port) });
  await registration(client);
  await keys(client);
  const sessions = await election(client);
  await theLeaderDies(client, sessions);
  await theEnd(client, sessions);
  console.log("done");
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
