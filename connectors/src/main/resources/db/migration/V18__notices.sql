-- The outbox delivers more than statements: also what is to be told of accounts, in their order.
alter table outbox add column topic text not null default 'statement'
  check (topic in ('statement', 'notice'));
-- Whose it is: of one account and endpoint, the next is sent when the one before has ended.
alter table outbox add column account int;
alter table outbox add check ((topic = 'notice') = (account is not null));
create index outbox_in_order on outbox (tenant, endpoint, account, id)
  where account is not null and state in ('queued', 'sent', 'unknown');
