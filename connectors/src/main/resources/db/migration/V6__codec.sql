-- How the evidence of events is decoded: each codec that a route has configured, named by its hash.
-- Raw bytes in journal and suspense carry the key; a row is kept for as long as any of them.
create table codec (
  tenant     int not null references tenant,
  key        bigint not null,                  -- the first 64 bits of the hash
  hash       bytea not null,                   -- SHA-256 of spec
  spec       text not null,                    -- format and options, as CodecSpec writes them
  first_used timestamptz not null default now(),
  primary key (tenant, key)
);
create trigger codec_append_only before update or delete or truncate on codec
  for each statement execute function append_only();
