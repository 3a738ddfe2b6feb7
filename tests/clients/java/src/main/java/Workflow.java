// The workflow of ../README.md with org.kiwiproject:consul-client, its caches among it.

import com.google.common.net.HostAndPort;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.ConsulException;
import org.kiwiproject.consul.cache.ConsulCache;
import org.kiwiproject.consul.cache.KVCache;
import org.kiwiproject.consul.cache.ServiceHealthCache;
import org.kiwiproject.consul.model.agent.ImmutableRegistration;
import org.kiwiproject.consul.model.agent.Registration;
import org.kiwiproject.consul.model.session.ImmutableSession;
import org.kiwiproject.consul.option.ConsistencyMode;
import org.kiwiproject.consul.option.ImmutablePutOptions;
import org.kiwiproject.consul.option.ImmutableQueryOptions;

public final class Workflow {
    private static final String NAME = "java-web";
    private static final String PREFIX = "clients/java/";
    private static final long PATIENCE_SECONDS = 60;

    private final Consul consul;

    private Workflow(Consul consul) {
        this.consul = consul;
    }

    public static void main(String[] arguments) throws Exception {
        var address = HostAndPort.fromString(arguments[0]);
        // Longer than the caches' blocking queries wait, on which the library insists.
        var consul = Consul.builder().withHostAndPort(address).withReadTimeoutMillis(30_000).build();
        var workflow = new Workflow(consul);
        workflow.registration();
        workflow.keys();
        var sessions = workflow.election();
        workflow.theLeaderDies(sessions);
        workflow.theEnd(sessions);
        System.out.println("done");
        // The library's threads would keep the program alive.
        System.exit(0);
    }

    private static void expect(boolean truth, String message) {
        if (!truth) {
            System.err.println("not so: " + message);
            System.exit(1);
        }
    }

    /** Waits until a cache, which asks by blocking queries, holds what this accepts. */
    private static <K, V> CountDownLatch once(ConsulCache<K, V> cache, Predicate<Map<K, V>> accept) {
        var told = new CountDownLatch(1);
        cache.addListener(values -> {
            if (accept.test(values)) {
                told.countDown();
            }
        });
        cache.start();
        return told;
    }

    private static void await(CountDownLatch told, String what) throws InterruptedException {
        expect(told.await(PATIENCE_SECONDS, TimeUnit.SECONDS), what);
    }

    private void registration() throws Exception {
        var agent = consul.agentClient();
        agent.register(ImmutableRegistration.builder()
                .id(NAME + "-1")
                .name(NAME)
                .port(8080)
                .addTags("v1")
                .putMeta("lang", "java")
                .check(Registration.RegCheck.ttl(60))
                .build());
        expect(agent.isRegistered(NAME + "-1"), "the agent lists the service");
        var health = consul.healthClient();
        expect(health.getHealthyServiceInstances(NAME).getResponse().isEmpty(), "an untold check is critical");
        try (var cache = ServiceHealthCache.newCache(health, NAME)) {
            var passing = once(cache, instances -> instances.values().stream()
                    .anyMatch(one -> one.getService().getPort() == 8080 && "java".equals(one.getService().getMeta().get("lang"))));
            agent.pass(NAME + "-1", "all is well");
            await(passing, "the cache sees the passing instance");
        }
        var tagged = ImmutableQueryOptions.builder().addTag("v1").build();
        expect(consul.catalogClient().getService(NAME, tagged).getResponse().size() == 1, "the catalog finds it by tag");
    }

    private void keys() throws Exception {
        var kv = consul.keyValueClient();
        var key = PREFIX + "watched";
        try (var cache = KVCache.newCache(kv, PREFIX)) {
            var seen = once(cache, values -> values.values().stream()
                    .anyMatch(value -> value.getKey().equals(key) && value.getFlags() == 7));
            expect(kv.putValue(key, "one", 7), "the key is written");
            await(seen, "the cache sees the key");
        }
        long index = kv.getValue(key).orElseThrow().getModifyIndex();
        expect(!kv.putValue(key, "two", 0, ImmutablePutOptions.builder().cas(index - 1).build()), "a wrong index writes nothing");
        expect(kv.putValue(key, "two", 0, ImmutablePutOptions.builder().cas(index).build()), "the right index writes");
        expect(kv.putValue(PREFIX + "deep/er", "three"), "another key is written");
        expect(kv.getValuesAsString(PREFIX).equals(List.of("three", "two")), "all keys are read");
        expect(kv.getKeys(PREFIX, "/").equals(List.of(PREFIX + "deep/", key)), "names are cut");
    }

    private String session(int number) {
        return consul.sessionClient()
                .createSession(ImmutableSession.builder()
                        .name("contender " + number)
                        .ttl("60s")
                        .lockDelay("0s")
                        .behavior("delete")
                        .build())
                .getId();
    }

    private List<String> election() throws Exception {
        var kv = consul.keyValueClient();
        var key = PREFIX + "leader";
        var first = session(1);
        var second = session(2);
        expect(kv.acquireLock(key, "first", first), "the first leads");
        expect(!kv.acquireLock(key, "second", second), "the second does not");
        try (var cache = KVCache.newCache(kv, key)) {
            var free = once(cache, values -> values.values().stream().anyMatch(value -> value.getSession().isEmpty()));
            expect(kv.releaseLock(key, "first", first), "the first gives it back");
            await(free, "the second learns that it is free");
        }
        expect(kv.acquireLock(key, "second", second), "the second leads then");
        return List.of(first, second);
    }

    private void theLeaderDies(List<String> sessions) throws Exception {
        System.out.println("kill the leader");
        new BufferedReader(new InputStreamReader(System.in)).readLine();
        var kv = consul.keyValueClient();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (boolean written = false; !written; ) {
            try {
                written = kv.putValue(PREFIX + "after", "four");
            } catch (ConsulException error) {
                expect(System.nanoTime() < deadline, "writes go on: " + error);
            }
        }
        var consistent = ImmutableQueryOptions.builder().consistencyMode(ConsistencyMode.CONSISTENT).build();
        var kept = kv.getValue(PREFIX + "watched", consistent).orElseThrow();
        expect(kept.getValueAsString().orElse("").equals("two"), "what was acknowledged is there");
        for (var session : sessions) {
            expect(consul.sessionClient().renewSession(session).isPresent(), "the session lives");
        }
        expect(kv.getSession(PREFIX + "leader").equals(java.util.Optional.of(sessions.get(1))), "the second still leads");
        consul.agentClient().pass(NAME + "-1", "still well");
        expect(consul.healthClient().getHealthyServiceInstances(NAME).getResponse().size() == 1, "the service still passes");
    }

    private void theEnd(List<String> sessions) {
        var agent = consul.agentClient();
        agent.deregister(NAME + "-1");
        expect(!agent.isRegistered(NAME + "-1"), "the service is gone from its agent");
        sessions.forEach(consul.sessionClient()::destroySession);
        var kv = consul.keyValueClient();
        expect(kv.getValue(PREFIX + "leader").isEmpty(), "the lock went with its session");
        kv.deleteKeys(PREFIX);
        expect(kv.getValues(PREFIX).isEmpty(), "all keys are gone");
    }
}
