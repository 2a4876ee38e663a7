-- Buckets of money beside a balance: what is in a customer's, and what ran out of all of them. The
-- kinds are added to those that there are by then, whichever other migrations have added some.
do $$
declare
  kinds text;
begin
  select pg_get_constraintdef(oid) into kinds from pg_constraint
    where conname = 'account_kind_check' and conrelid = 'account'::regclass;
  if kinds not like '%''in-transit''::text%' then
    raise exception 'the kinds of accounts are told otherwise: %', kinds;
  end if;
  execute 'alter table account drop constraint account_kind_check';
  execute 'alter table account add constraint account_kind_check '
    || replace(kinds, '''in-transit''::text',
         '''in-transit''::text, ''bonus''::text, ''expired''::text');
end
$$;
