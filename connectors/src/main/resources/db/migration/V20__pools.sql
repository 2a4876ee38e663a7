-- Devices that share what their offer counts: of an account, or of a group of it. A pool is no
-- device's and has no row of its own; its number is one of subscriptions', and charges name it.
-- All devices that share are in one shard, that of their account: it is pinned to it before it has
-- any device, as an account with a balance (rooted) is by being opened.
alter table account add column pinned boolean not null default false;
alter table subscription add column pool bigint;
alter table subscription add column group_name text;  -- '' for all devices of the account
alter table subscription add constraint subscription_pool check ((pool is null) = (group_name is null));
create index subscription_of_pool on subscription (tenant, pool) where pool is not null;
create index subscription_shares on subscription (tenant, account, offer, group_name)
  where pool is not null;
