-- What a shard has taken in since a node's directory last looked.
create index subscription_shard_seq on subscription (tenant, shard, seq);
