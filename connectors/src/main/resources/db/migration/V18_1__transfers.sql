-- Money on its way from one shard to another: what each message carries, for the books to compare
-- with what is posted as in transit.
alter table message add column amount bigint not null default 0;
alter table account drop constraint account_kind_check;
alter table account add constraint account_kind_check check (kind in
  ('customer', 'revenue', 'shared', 'partner', 'rounding',
   'balance',        -- a customer's, a liability: what was paid in, less what was drawn
   'overrun',        -- a customer's: what was used beyond the balance's floor
   'drawn',          -- what all customers' charges were paid with from balances, or went beyond
   'cash',           -- what was paid in
   'adjustment',     -- what was put right
   'in-transit'));   -- a liability: what has left one balance and is not in another yet
