-- What plain Camel routes (those outside the shards) have confirmed: the truth behind their
-- idempotent repository.
create table plain_seen (
  tenant      int not null references tenant,
  repository  text not null,
  fingerprint uuid not null,                   -- 128 bits of a keyed hash of the message's key
  at          timestamptz not null default now(),
  primary key (tenant, repository, fingerprint)
);
create index plain_seen_at on plain_seen (tenant, repository, at);
