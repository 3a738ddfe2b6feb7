// The workflow of ../README.md with github.com/hashicorp/consul/api, its Lock among it.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/hashicorp/consul/api"
)

const (
	name     = "go-web"
	prefix   = "clients/go/"
	patience = 60 * time.Second
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect(truth bool, message string, about ...any) {
	if !truth {
		log.Fatalf("not so: %s %v", message, about)
	}
}

func registration(client *api.Client) {
	must(client.Agent().ServiceRegister(&api.AgentServiceRegistration{
		ID: name + "-1", Name: name, Port: 8080, Tags: []string{"v1"}, Meta: map[string]string{"lang": "go"},
		Check: &api.AgentServiceCheck{TTL: "60s"},
	}))
	services, err := client.Agent().Services()
	must(err)
	expect(services[name+"-1"] != nil, "the agent lists the service", services)
	none, meta, err := client.Health().Service(name, "", true, nil)
	must(err)
	expect(len(none) == 0, "an untold check is critical", none)
	found := make(chan []*api.ServiceEntry)
	go func() {
		index := meta.LastIndex
		for {
			instances, meta, err := client.Health().Service(name, "", true, &api.QueryOptions{WaitIndex: index, WaitTime: 30 * time.Second})
			must(err)
			if len(instances) > 0 {
				found <- instances
				return
			}
			index = meta.LastIndex
		}
	}()
	must(client.Agent().UpdateTTL("service:"+name+"-1", "all is well", api.HealthPassing))
	select {
	case instances := <-found:
		expect(instances[0].Service.Port == 8080 && instances[0].Service.Meta["lang"] == "go", "the instance is found", instances)
	case <-time.After(patience):
		log.Fatal("not so: the blocking query is answered in time")
	}
	status, info, err := client.Agent().AgentHealthServiceByID(name + "-1")
	must(err)
	expect(status == api.HealthPassing && info != nil, "the agent tells its health", status)
	named, _, err := client.Catalog().Service(name, "v1", nil)
	must(err)
	expect(len(named) == 1, "the catalog finds it by tag", named)
}

func keys(client *api.Client) {
	kv := client.KV()
	key := prefix + "watched"
	nothing, meta, err := kv.Get(key, nil)
	must(err)
	expect(nothing == nil, "there is no such key yet", nothing)
	seen := make(chan *api.KVPair)
	go func() {
		index := meta.LastIndex
		for {
			entry, meta, err := kv.Get(key, &api.QueryOptions{WaitIndex: index, WaitTime: 30 * time.Second})
			must(err)
			if entry != nil {
				seen <- entry
				return
			}
			index = meta.LastIndex
		}
	}()
	_, err = kv.Put(&api.KVPair{Key: key, Value: []byte("one"), Flags: 7}, nil)
	must(err)
	var entry *api.KVPair
	select {
	case entry = <-seen:
	case <-time.After(patience):
		log.Fatal("not so: the watch sees the key in time")
	}
	expect(string(entry.Value) == "one" && entry.Flags == 7, "the watch sees it", entry)
	done, _, err := kv.CAS(&api.KVPair{Key: key, Value: []byte("two"), ModifyIndex: entry.ModifyIndex - 1}, nil)
	must(err)
	expect(!done, "a wrong index writes nothing")
	done, _, err = kv.CAS(&api.KVPair{Key: key, Value: []byte("two"), ModifyIndex: entry.ModifyIndex}, nil)
	must(err)
	expect(done, "the right index writes")
	done, answer, _, err := client.Txn().Txn(api.TxnOps{
		{KV: &api.KVTxnOp{Verb: api.KVSet, Key: prefix + "deep/er", Value: []byte("three")}},
		{KV: &api.KVTxnOp{Verb: api.KVGet, Key: key}},
	}, nil)
	must(err)
	expect(done && string(answer.Results[1].KV.Value) == "two", "a transaction writes and reads", answer)
	names, _, err := kv.Keys(prefix, "/", nil)
	must(err)
	expect(fmt.Sprint(names) == "["+prefix+"deep/ "+prefix+"watched]", "names are cut", names)
}

func contender(client *api.Client, number int) *api.Lock {
	lock, err := client.LockOpts(&api.LockOptions{
		Key: prefix + "leader", Value: []byte(fmt.Sprint(number)), SessionTTL: "60s", LockDelay: time.Millisecond,
	})
	must(err)
	return lock
}

func election(client *api.Client) *api.Lock {
	first, second := contender(client, 1), contender(client, 2)
	held, err := first.Lock(nil)
	must(err)
	expect(held != nil, "the first leads")
	won := make(chan struct{})
	go func() {
		held, err := second.Lock(nil)
		must(err)
		expect(held != nil, "the second leads then")
		close(won)
	}()
	entry, _, err := client.KV().Get(prefix+"leader", nil)
	must(err)
	expect(entry.Session != "" && string(entry.Value) == "1", "the lock names its holder", entry)
	must(first.Unlock())
	select {
	case <-won:
	case <-time.After(patience):
		log.Fatal("not so: the second leads in time")
	}
	return second
}

func theLeaderDies(client *api.Client, lock *api.Lock) {
	fmt.Println("kill the leader")
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	must(err)
	deadline := time.Now().Add(patience)
	for {
		_, err := client.KV().Put(&api.KVPair{Key: prefix + "after", Value: []byte("four")}, nil)
		if err == nil {
			break
		}
		expect(time.Now().Before(deadline), "writes go on", err)
	}
	kept, _, err := client.KV().Get(prefix+"watched", &api.QueryOptions{RequireConsistent: true})
	must(err)
	expect(string(kept.Value) == "two", "what was acknowledged is there", kept)
	held, _, err := client.KV().Get(prefix+"leader", nil)
	must(err)
	expect(held.Session != "" && string(held.Value) == "2", "the second still leads", held)
	must(client.Agent().UpdateTTL("service:"+name+"-1", "still well", api.HealthPassing))
	found, _, err := client.Health().Service(name, "", true, nil)
	must(err)
	expect(len(found) == 1, "the service still passes", found)
	must(lock.Unlock())
	must(lock.Destroy())
}

func theEnd(client *api.Client) {
	must(client.Agent().ServiceDeregister(name + "-1"))
	services, err := client.Agent().Services()
	must(err)
	expect(services[name+"-1"] == nil, "the service is gone from its agent", services)
	_, err = client.KV().DeleteTree(prefix, nil)
	must(err)
	entries, _, err := client.KV().List(prefix, nil)
	must(err)
	expect(entries == nil, "all keys are gone", entries)
}

func main() {
	log.SetFlags(0)
	config := api.DefaultConfig()
	config.Address = os.Args[1]
	client, err := api.NewClient(config)
	must(err)
	registration(client)
	keys(client)
	lock := election(client)
	theLeaderDies(client, lock)
	theEnd(client)
	fmt.Println("done")
}
