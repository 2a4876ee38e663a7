-- A device's subscriptions one after the other: rows are only added. The one that takes over ends
-- the one before it where it begins itself, and that one's events go to its shard from then on.
alter table subscription add column takes_over bigint;
create unique index subscription_takes_over on subscription (tenant, takes_over)
  where takes_over is not null;
