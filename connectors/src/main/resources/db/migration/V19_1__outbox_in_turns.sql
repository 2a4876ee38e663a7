-- What waits for an earlier one of its account is marked, by who delivers: the next that is due is
-- the first of an index then, and not behind all that wait for a receiver that does not answer.
alter table outbox add column behind boolean not null default false;
drop index outbox_due;
create index outbox_due on outbox (endpoint, next_at, id)
  where state in ('queued', 'sent', 'unknown') and not behind;
-- What was told and is kept for nothing more: what was paid in is compared with what was told of it,
-- and what is told once is known by its row.
create index outbox_told on outbox (tenant, endpoint, state, changed_at)
  where topic = 'notice' and state in ('acknowledged', 'refused', 'given-up')
    and kind not in ('topped-up', 'allowance-used');
