-- Accounts with balances: a customer's account that is a root, and the ledger accounts that its
-- balance is posted to. Its devices are in the shard of the account, not in those of their own.
alter table account add column rooted boolean not null default false;
alter table account drop constraint account_kind_check;
alter table account add constraint account_kind_check check (kind in
  ('customer', 'revenue', 'shared', 'partner', 'rounding',
   'balance',        -- a customer's, a liability: what was paid in, less what was drawn
   'overrun',        -- a customer's: what was used beyond the balance's floor
   'drawn',          -- what all customers' charges were paid with from balances, or went beyond
   'cash',           -- what was paid in
   'adjustment'));   -- what was put right
