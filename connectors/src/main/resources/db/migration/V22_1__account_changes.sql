-- What changed an account's balance or a bucket of its money other than by use, and why: one row
-- each, where the postings of a commit add up what is alike.
create table account_change (
  tenant  int not null references tenant,
  shard   smallint not null,
  seq     bigint not null,
  n       int not null,
  account int not null,
  kind    text not null check (kind in ('top-up', 'adjustment', 'transfer', 'expired')),
  bucket  text not null,           -- empty for the main balance
  amount  bigint not null,         -- ledger units, more than 0 for what came in
  reason  text not null,           -- in somebody's words; empty where there is none
  at      timestamptz not null,
  primary key (tenant, shard, seq, n)
);
create index account_change_of on account_change (tenant, account, seq, n);
