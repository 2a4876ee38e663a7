-- Millrace's tables. The tenant is in every key. What is sealed is never updated (I11): the
-- append-only triggers below say so for the charges, the ledger and the statements; the journal
-- loses its evidence by retention and is guarded by its hashes.

create table tenant (
  id          int primary key,
  name        text not null unique,
  shards      smallint not null check (shards between 1 and 4096),
  fingerprint bytea not null,                  -- the key of its dedupe fingerprints
  created_at  timestamptz not null default now()
);

-- Catalogs, named by content; a rules version is the set of them that rates.
create table catalog (
  tenant      int not null references tenant,
  hash        text not null,
  name        text not null,
  effective   timestamptz not null,
  source      text not null,                   -- the file as it was imported
  imported_at timestamptz not null default now(),
  primary key (tenant, hash)
);
create table rules (
  tenant       int not null references tenant,
  version      int not null,
  semantics    int not null,
  catalogs     text[] not null,
  activated_at timestamptz not null default now(),
  primary key (tenant, version)
);

-- Ownership and fence (I7). A shard row changes with every commit of that shard.
create table shard (
  tenant      int not null references tenant,
  number      smallint not null,
  epoch       int not null default 0,
  seq         bigint not null default 0,
  rules       int not null,
  closing     int not null default -1,         -- the last period whose close was asked for
  closed      int not null default -1,         -- the last period this shard has closed
  chain       bytea not null,                  -- hash chained over all its sections
  node        text,
  lease_until timestamptz,
  held_since  timestamptz,
  primary key (tenant, number)
) with (fillfactor = 25);

-- One row a commit and tenant; sections of all shards in it, columnar, compressed.
create sequence commit_number;
create table journal (
  tenant        int not null,
  number        bigint not null,
  rules         int not null,
  rating        bytea not null,
  evidence      bytea,                         -- null once its retention has passed
  evidence_hash bytea not null,
  digest        bytea not null,                -- of number, rules, rating and evidence_hash
  committed_at  timestamptz not null default now(),
  primary key (tenant, number)
);
alter table journal alter column rating set storage external;
alter table journal alter column evidence set storage external;

create table checkpoint (
  tenant int not null,
  shard  smallint not null,
  seq    bigint not null,
  epoch  int not null,
  number bigint not null,                      -- the commit that seq was made in
  base   bigint not null,                      -- the seq of the checkpoint it changes; 0: it is all state
  chain  bytea not null,
  body   bytea not null,
  primary key (tenant, shard, seq)
);
alter table checkpoint alter column body set storage external;

-- Sources, accounts and subscriptions.
create table source (
  tenant int not null references tenant,
  id     int not null,
  name   text not null,
  primary key (tenant, id),
  unique (tenant, name)
);
create table account (
  tenant   int not null references tenant,
  id       int not null,
  kind     text not null check (kind in ('customer', 'revenue', 'shared', 'partner', 'rounding')),
  name     text not null,
  currency text not null,
  scale    smallint not null,
  primary key (tenant, id),
  unique (tenant, kind, name, currency)
);
create sequence subscription_id;
create table subscription (
  tenant     int not null,
  id         bigint not null,
  subject    text not null,
  account    int not null,
  offer      text not null,
  valid_from timestamptz not null,
  valid_to   timestamptz,
  shard      smallint not null,
  seq        bigint not null,                  -- the shard's commit that took it in
  primary key (tenant, id),
  foreign key (tenant, account) references account
);
create unique index subscription_subject on subscription (tenant, subject, valid_from);

-- Charges: sealed, priced, with their evidence.
create table charge (
  tenant       int not null,
  shard        smallint not null,
  seq          bigint not null,
  n            int not null,
  subscription bigint not null,
  account      int not null,
  catalog      text not null,
  offer        text not null,
  name         text not null,
  period       int not null,                   -- that it is booked to
  late         boolean not null,               -- booked to a later period than it occurred in
  window_start timestamptz not null,
  window_end   timestamptz not null,
  delta        boolean not null,               -- adds to what was sealed of the same window
  events       int not null,
  quantity     bigint not null,                -- in the meter's scaled integers
  amount       bigint not null,                -- in ledger units
  first_at     timestamptz,
  last_at      timestamptz,
  evidence     bytea not null,                 -- (commit, row) of each event
  digest       bytea not null,
  primary key (tenant, shard, seq, n)
);
create index charge_subscription on charge (tenant, subscription, window_start);

-- The ledger. One entry a shard and commit; closes write entries of shard -1.
create table entry (
  tenant    int not null,
  shard     smallint not null,
  seq       bigint not null,
  booked_at timestamptz not null,
  what      text not null,
  primary key (tenant, shard, seq)
);
create table posting (
  tenant  int not null,
  shard   smallint not null,
  seq     bigint not null,
  n       int not null,
  account int not null,
  period  int not null,
  offer   text not null default '',
  name    text not null default '',            -- the charge's name, where the line has one
  late    boolean not null default false,      -- for use in a period closed before
  amount  bigint not null,                     -- debit positive, credit negative; ledger units
  primary key (tenant, shard, seq, n),
  foreign key (tenant, shard, seq) references entry,
  foreign key (tenant, account) references account
);
create index posting_account on posting (tenant, account, period);

-- What the postings of an account add up to, per shard, period and line: written with them, so that
-- a close and a balance read as many rows as there are lines, however many charges there were.
create table turnover (
  tenant  int not null,
  period  int not null,
  account int not null,
  shard   smallint not null,
  offer   text not null default '',
  name    text not null default '',
  late    boolean not null default false,
  amount  bigint not null,                     -- the sum of the postings' amounts
  primary key (tenant, period, account, shard, offer, name, late)
) with (fillfactor = 50);
create index turnover_account on turnover (tenant, account);
create view balance as
  select tenant, account, shard, sum(amount)::bigint as posted
  from turnover group by tenant, account, shard;

-- Postings sum to zero per entry and currency (I4), judged when the transaction commits.
create function entry_balances() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from posting p join account a on a.tenant = p.tenant and a.id = p.account
    where p.tenant = new.tenant and p.shard = new.shard and p.seq = new.seq
    group by a.currency having sum(p.amount) <> 0)
  then
    raise exception 'entry (%, %, %) does not sum to zero', new.tenant, new.shard, new.seq
      using errcode = 'MR001';
  end if;
  return null;
end $$;
create constraint trigger entry_balanced after insert on entry
  deferrable initially deferred for each row execute function entry_balances();

-- A posting belongs to an entry of its own transaction, so no later one can unbalance it; and to a
-- period that is not closed, so no statement can be wrong after it was made.
create function posting_is_timely() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from (select distinct tenant, shard, seq from added) a
    join entry e using (tenant, shard, seq)
    where e.xmin <> pg_current_xact_id()::xid)
  then
    raise exception 'a posting was added to an entry of another transaction' using errcode = 'MR002';
  end if;
  if exists (
    select 1 from (select distinct tenant, period from added) a
    join period p on p.tenant = a.tenant and p.number = a.period
    where p.state = 'closed')
  then
    raise exception 'a posting was added to a closed period' using errcode = 'MR004';
  end if;
  return null;
end $$;
create trigger posting_timely after insert on posting
  referencing new table as added for each statement execute function posting_is_timely();

create function append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: record a correction instead', tg_table_name using errcode = 'MR003';
end $$;
create trigger charge_append_only before update or delete or truncate on charge
  for each statement execute function append_only();
create trigger entry_append_only before update or delete or truncate on entry
  for each statement execute function append_only();
create trigger posting_append_only before update or delete or truncate on posting
  for each statement execute function append_only();

-- What could not be charged. Unique on the hash of source and bytes.
create table suspense (
  tenant      int not null,
  hash        bytea not null,
  shard       smallint not null,
  seq         bigint not null,
  source      int not null,
  reason      text not null,
  raw         bytea not null,
  raw_size    int not null,
  received_at timestamptz not null,
  state       text not null default 'open' check (state in ('open', 'charged', 'duplicate', 'discarded')),
  ended_at    timestamptz,
  ended_by    text,
  primary key (tenant, hash)
);
create index suspense_open on suspense (tenant, reason, received_at) where state = 'open';
create index suspense_received on suspense (tenant, received_at, hash);

-- Messages between shards: written in the sender's commit, journalled by the receiver.
create table message (
  tenant     int not null,
  from_shard smallint not null,
  seq        bigint not null,
  n          int not null,
  to_shard   smallint not null,
  body       bytea not null,
  primary key (tenant, from_shard, seq, n)
);
create index message_inbox on message (tenant, to_shard);

-- Settlement.
create table period (
  tenant    int not null references tenant,
  number    int not null,
  starts    timestamptz not null,
  ends      timestamptz not null,
  state     text not null check (state in ('closing', 'closed')),
  asked_at  timestamptz not null default now(),
  closed_at timestamptz,
  primary key (tenant, number)
);
create table statement (
  tenant   int not null,
  id       text not null,                      -- period-kind-account: 0-customer-12
  period   int not null,
  kind     text not null check (kind in ('invoice', 'partner-statement')),
  account  int not null,
  currency text not null,
  digits   smallint not null,                  -- of the minor unit, as ISO 4217 had it then
  total    bigint not null,                    -- minor units; the sum of its lines
  made_at  timestamptz not null default now(),
  primary key (tenant, id),
  foreign key (tenant, period) references period,
  foreign key (tenant, account) references account
);
create table statement_line (
  tenant    int not null,
  statement text not null,
  n         int not null,
  offer     text not null,
  name      text not null,
  late      boolean not null default false,
  exact     bigint not null,                   -- ledger units
  amount    bigint not null,                   -- minor units, rounded once
  primary key (tenant, statement, n),
  foreign key (tenant, statement) references statement
);
create trigger statement_append_only before update or delete or truncate on statement
  for each statement execute function append_only();
create trigger statement_line_append_only before update or delete or truncate on statement_line
  for each statement execute function append_only();

create table outbox (
  tenant     int not null,
  id         bigint generated always as identity,
  endpoint   text not null,                    -- the connector that delivers it; one at a time
  key        text not null,                    -- the idempotency key, stable over all attempts
  kind       text not null,
  payload    text not null,                    -- frozen; what every attempt sends
  state      text not null default 'queued'
             check (state in ('queued', 'sent', 'acknowledged', 'refused', 'unknown', 'given-up')),
  attempts   int not null default 0,
  next_at    timestamptz not null default now(),
  reference  text,                             -- the receiver's own id, once acknowledged
  reason     text,
  changed_at timestamptz not null default now(),
  primary key (tenant, id),
  unique (tenant, key)
);
create index outbox_due on outbox (endpoint, next_at, id)
  where state in ('queued', 'sent', 'unknown');

-- Shared-subscription slots of sources: the client id is the slot's, whoever holds it.
create table slot (
  tenant       int not null,
  source       text not null,
  slot         smallint not null,
  node         text,
  lease_until  timestamptz,
  subscription text,                           -- the filter that the broker keeps in its session
  primary key (tenant, source, slot)
);
