-- Units of allowances that accounts buy. They are no money, so that their ledger is one of its own: by commit, account
-- and allowance what came in, ran out, and covered the charges that were sealed. The sum is what an account has left,
-- and what use has drawn that no charge is sealed for yet.
create table unit_posting (
  tenant    int not null references tenant,
  shard     smallint not null,
  seq       bigint not null,
  n         int not null,
  account   int not null,
  allowance text not null,
  name      text not null check (name in ('top-up', 'adjustment', 'expired', 'drawn')),
  quantity  bigint not null,         -- scaled integers of the allowance's meter, more than 0 for what came in
  primary key (tenant, shard, seq, n)
);
create index unit_posting_of on unit_posting (tenant, account, allowance);

-- Which allowance a bucket is units of, and then the amount is a quantity of it; empty where it is money.
alter table account_change add column allowance text not null default '';
