-- What is lent of accounts' balances to shards that use it: by the account's own shard what it has
-- lent, by each other what that has been lent and not settled, less than 0. With what messages carry
-- they sum to zero for each account.
create table lent (
  tenant  int not null references tenant,
  account int not null,
  shard   smallint not null,
  amount  bigint not null,         -- ledger units
  primary key (tenant, account, shard)
);
alter table message add column lender int;
alter table message add column lent bigint not null default 0;
