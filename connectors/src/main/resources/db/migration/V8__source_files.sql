-- Files that sources read: who reads which, how far it has come, and what became of it. A row is one
-- delivery: a file as it lay on its server, by path, size and time of change.
create table source_file (
  tenant      int not null,
  id          bigint generated always as identity,
  source      text not null,
  path        text not null,
  size        bigint not null,
  modified    bigint not null,                 -- seconds since 1970 UTC, as its server says
  state       text not null check (state in ('claimed', 'reading', 'done', 'replayed', 'failed')),
  there       boolean not null default true,   -- it lies where it was found
  sha256      bytea,
  lines       bigint not null default 0,       -- of usage, once it has been checked
  next_line   bigint not null default 0,       -- all before it are disposed of
  charged     bigint not null default 0,       -- of these; after a crash some count as duplicates
  duplicate   bigint not null default 0,
  suspended   bigint not null default 0,
  same_as     bigint,                          -- replayed: the file with these bytes
  reason      text,                            -- failed: why
  node        text,                            -- who reads it, until the lease ends
  lease_until timestamptz,
  found_at    timestamptz not null default clock_timestamp(),
  changed_at  timestamptz not null default clock_timestamp(),
  primary key (tenant, id)
);
create unique index source_file_there on source_file (tenant, source, path, size, modified)
  where there;
-- Bytes are read once, whatever the file is called.
create unique index source_file_content on source_file (tenant, source, sha256)
  where state in ('reading', 'done');
