-- Points of the shards' chains, noted with checkpoints and kept: from one to the next a part of the
-- journal is verified without reading all that came before.
create table chain_point (
  tenant int not null references tenant,
  shard  smallint not null,
  seq    bigint not null,
  number bigint not null,                      -- the commit that seq was made in
  chain  bytea not null,
  primary key (tenant, shard, number)
);
