-- Each posting asked for its entry and its account by two foreign keys, row by row: half of what a
-- sealed hour of 200,000 accounts cost the server. The statement's and the entry's checks, which
-- read the rows as sets, now say the same, and whatever they lean on can't be taken away.
alter table posting drop constraint posting_tenant_shard_seq_fkey;
alter table posting drop constraint posting_tenant_account_fkey;

create or replace function entry_balances() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from posting p left join account a on a.tenant = p.tenant and a.id = p.account
    where p.tenant = new.tenant and p.shard = new.shard and p.seq = new.seq
    group by a.currency having sum(p.amount) <> 0 or a.currency is null)
  then
    raise exception 'entry (%, %, %) does not sum to zero, or names no account',
      new.tenant, new.shard, new.seq using errcode = 'MR001';
  end if;
  return null;
end $$;

create or replace function posting_is_timely() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from (select distinct tenant, shard, seq from added) a
    left join entry e using (tenant, shard, seq)
    where e.xmin is distinct from pg_current_xact_id()::xid)
  then
    raise exception 'a posting was added to an entry of another transaction, or to none'
      using errcode = 'MR002';
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

create function account_is_kept() returns trigger language plpgsql as $$
begin
  raise exception 'an account stays as long as postings may name it' using errcode = 'MR003';
end $$;
create trigger account_kept before delete or truncate or update of tenant, id on account
  for each statement execute function account_is_kept();
