-- What Sparkplug births declared: which alias stands for which metric of an edge node or device. A
-- row a change, since most births repeat the one before; evidence may need any of them.
create table sparkplug_birth (
  tenant  int not null references tenant,
  id      bigint generated always as identity,
  node    text not null,                       -- group/edge or group/edge/device
  born_at bigint not null,                     -- the birth's own time, milliseconds since 1970
  metrics bytea not null,                      -- name, alias and datatype of each
  primary key (tenant, id)
);
create trigger sparkplug_birth_append_only before update or delete or truncate on sparkplug_birth
  for each statement execute function append_only();

-- Edge nodes that should be asked for their births: something came that no birth explains. Gone
-- once a birth has come.
create table sparkplug_rebirth (
  tenant   int not null references tenant,
  node     text not null,                      -- group/edge
  asked_at timestamptz not null default now(),
  primary key (tenant, node)
);
