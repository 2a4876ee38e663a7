package io.millrace.connectors.check;

/** The checks as queries for their violations: one row each, {@code what} says it in words. */
final class BooksSql {

  private BooksSql() {}

  /** Every parameter is the tenant. */
  static String violations(Books.Check check) {
    return switch (check) {
      case ENTRIES_SUM_TO_ZERO ->
          """
          select format('entry %s/%s is off by %s %s units', e.shard, e.seq, e.off, e.currency)
            as what
          from (
            select p.shard, p.seq, a.currency, sum(p.amount) as off
            from posting p join account a on a.tenant = p.tenant and a.id = p.account
            where p.tenant = ? group by p.shard, p.seq, a.currency
            having sum(p.amount) <> 0) e
          """;
      case TURNOVER_IS_POSTINGS ->
          """
          select format('account %s, shard %s, period %s, line %s/%s: turnover %s, postings %s',
            account, shard, period, offer, name, t.amount, p.amount) as what
          from (select * from turnover where tenant = ?) t
          full join (
            select period, account, shard, offer, name, late, sum(amount) as amount
            from posting where tenant = ?
            group by period, account, shard, offer, name, late) p
          using (period, account, shard, offer, name, late)
          where coalesce(t.amount, 0) <> coalesce(p.amount, 0)
          """;
      case CHARGES_ARE_POSTINGS ->
          """
          select format('commit %s/%s, account %s, line %s/%s: charged %s, posted %s',
            shard, seq, account, offer, name, c.amount, p.amount) as what
          from (
            select shard, seq, account, period, offer, name, late, sum(amount) as amount
            from charge where tenant = ?
            group by shard, seq, account, period, offer, name, late) c
          full join (
            select p.shard, p.seq, p.account, p.period, p.offer, p.name, p.late,
              sum(p.amount) as amount
            from posting p join account a on a.tenant = p.tenant and a.id = p.account
            where p.tenant = ? and p.shard >= 0 and a.kind = 'customer'
            group by p.shard, p.seq, p.account, p.period, p.offer, p.name, p.late) p
          using (shard, seq, account, period, offer, name, late)
          where coalesce(c.amount, 0) <> coalesce(p.amount, 0)
          """;
      case BALANCES_PAY_THE_CHARGES ->
          """
          select format('commit %s/%s, account %s: charged %s, drawn and overrun %s',
            shard, seq, name, charged, paid) as what
          from (
            select p.shard, p.seq, a.name, a.currency,
              coalesce(sum(p.amount) filter (where a.kind = 'customer'), 0) as charged,
              coalesce(sum(p.amount) filter (
                where a.kind = 'overrun' or a.kind in ('balance', 'bonus') and p.name = 'drawn'), 0)
                as paid
            from posting p join account a on a.tenant = p.tenant and a.id = p.account
            where p.tenant = ? and p.shard >= 0
              and (a.kind in ('balance', 'bonus', 'overrun') or a.kind = 'customer' and a.rooted)
            group by p.shard, p.seq, a.name, a.currency) b
          where charged <> paid
          """;
      case SHARES_ARE_THE_WHOLE ->
          """
          with own as (
            select distinct p.period, p.offer, p.name
            from posting p join account a on a.tenant = p.tenant and a.id = p.account
            where p.tenant = ? and p.name <> '' and a.kind in ('shared', 'partner'))
          select format('period %s, offer %s/%s: charged %s, shared %s, parties got %s',
            period, offer, name, charged, shared, got) as what
          from (
            select p.period, p.offer, coalesce(own.name, '') as name, a.currency,
              coalesce(sum(p.amount) filter (where a.kind = 'customer'), 0) as charged,
              coalesce(sum(p.amount) filter (where a.kind = 'shared'), 0) as shared,
              coalesce(-sum(p.amount) filter (where a.kind = 'partner'), 0) as got,
              bool_or(a.kind in ('shared', 'partner')) as agreed
            from posting p join account a on a.tenant = p.tenant and a.id = p.account
            left join own
              on own.period = p.period and own.offer = p.offer and own.name = p.name
            where p.tenant = ? and p.offer <> ''
            group by p.period, p.offer, own.name, a.currency) o
          where agreed and (charged <> shared or shared <> got)
          """;
      case STATEMENTS_ADD_UP ->
          """
          select format('statement %s: total %s, lines %s, %s of them not rounded half up',
            id, total, amount, odd) as what
          from (
            select s.id, s.total, sum(l.amount) as amount,
              count(*) filter (where s.kind = 'invoice'
                and l.amount <> round(l.exact / 10::numeric ^ (a.scale - s.digits))) as odd
            from statement s
            join account a on a.tenant = s.tenant and a.id = s.account
            left join statement_line l on l.tenant = s.tenant and l.statement = s.id
            where s.tenant = ? group by s.id, s.total) t
          where total is distinct from amount or odd > 0
          """;
      case PARTNERS_GET_THE_INVOICES ->
          """
          with shared as (
            select distinct p.period, p.offer, p.name from posting p
            join account a on a.tenant = p.tenant and a.id = p.account and a.kind = 'shared'
            where p.tenant = ?),
          own as (
            select period, offer, name from shared where name <> ''
            union
            select s.period, l.offer, l.name from statement s
            join statement_line l on l.tenant = s.tenant and l.statement = s.id
            where s.tenant = ? and s.kind = 'partner-statement' and l.name <> '')
          select format('period %s, offer %s/%s: invoiced %s, partners get %s %s minor units',
            period, offer, name, invoiced, got, currency) as what
          from (
            select s.period, l.offer, coalesce(own.name, '') as name, s.currency,
              coalesce(sum(l.amount) filter (where s.kind = 'invoice'), 0) as invoiced,
              coalesce(sum(l.amount) filter (where s.kind = 'partner-statement'), 0) as got,
              bool_or(s.kind = 'partner-statement' or p.offer is not null) as agreed
            from statement s
            join statement_line l on l.tenant = s.tenant and l.statement = s.id
            left join own
              on own.period = s.period and own.offer = l.offer and own.name = l.name
            left join shared p on p.period = s.period and p.offer = l.offer
              and p.name = coalesce(own.name, '')
            where s.tenant = ? group by s.period, l.offer, own.name, s.currency) o
          where agreed and invoiced <> got
          """;
      case STATEMENTS_ARE_POSTINGS ->
          """
          select format('statement %s, line %s/%s: stated %s, posted %s',
            id, offer, name, l.exact, p.amount) as what
          from (
            select s.id, l.offer, l.name, l.late, l.exact from statement s
            join statement_line l on l.tenant = s.tenant and l.statement = s.id
            where s.tenant = ?
            union all
            select s.id, '', '', false,
              s.total * (10::numeric ^ (a.scale - s.digits))::bigint - sum(l.exact)
            from statement s
            join account a on a.tenant = s.tenant and a.id = s.account
            join statement_line l on l.tenant = s.tenant and l.statement = s.id
            where s.tenant = ? group by s.id, s.total, a.scale, s.digits) l
          full join (
            select s.id, p.offer, p.name, p.late,
              sum(case s.kind when 'invoice' then p.amount else -p.amount end) as amount
            from posting p join statement s
              on s.tenant = p.tenant and s.account = p.account and s.period = p.period
            where p.tenant = ? group by s.id, p.offer, p.name, p.late) p
          using (id, offer, name, late)
          where coalesce(l.exact, 0) <> coalesce(p.amount, 0)
          """;
      case ACCOUNTS_HAVE_STATEMENTS ->
          """
          select format('account %s has no statement of period %s', p.account, p.period) as what
          from (select distinct tenant, account, period from posting where tenant = ?) p
          join account a on a.tenant = p.tenant and a.id = p.account
            and a.kind in ('customer', 'partner')
          join period d on d.tenant = p.tenant and d.number = p.period and d.state = 'closed'
          left join statement s
            on s.tenant = p.tenant and s.account = p.account and s.period = p.period
          where s.id is null
          """;
      case STATEMENTS_ARE_DELIVERED ->
          """
          select format('statement %s, delivery %s', s.id, o.key) as what
          from (select * from statement where tenant = ?) s
          full join (select * from outbox where tenant = ? and topic = 'statement') o
            on o.key = 'millrace:' || s.tenant || ':' || s.id
          where s.id is null or o.key is null
            or (o.payload::jsonb ->> 'total')::numeric * 10::numeric ^ s.digits <> s.total
          """;
      case TOP_UPS_ARE_TOLD ->
          """
          select format('%s in commit %s/%s: paid in %s, told %s',
            name, shard, seq, paid, told) as what
          from (
            select a.name, p.shard, p.seq,
              -sum(p.amount) / 10::numeric ^ max(a.scale) as paid
            from posting p join account a
              on a.tenant = p.tenant and a.id = p.account and a.kind in ('balance', 'bonus')
            where p.tenant = ? and p.name = 'top-up' group by a.name, p.shard, p.seq) p
          full join (
            select a.name, split_part(o.key, ':', 4)::int as shard,
              split_part(o.key, ':', 5)::bigint as seq,
              sum((o.payload::jsonb ->> 'amount')::numeric) as told
            from outbox o join account a on a.tenant = o.tenant and a.id = o.account
            where o.tenant = ? and o.topic = 'notice' and o.kind = 'topped-up'
            group by 1, 2, 3) o
          using (name, shard, seq)
          where paid is distinct from told
          """;
      case IN_TRANSIT_IS_UNDER_WAY ->
          """
          select format('in transit %s, under way %s units', posted, carried) as what
          from (
            select coalesce(-sum(p.amount), 0) as posted
            from posting p join account a
              on a.tenant = p.tenant and a.id = p.account and a.kind = 'in-transit'
            where p.tenant = ?) p,
            (select coalesce(sum(amount), 0) as carried from message where tenant = ?) m
          where posted <> carried
          """;
      case DEPOSITS_ARE_CHANGES ->
          """
          select format('%s in commit %s/%s: %s posted by %s, by its history %s',
            name, shard, seq, posted, kind, told) as what
          from (
            select a.name, a.kind = 'bonus' as bucket, p.name as kind, p.shard, p.seq,
              -sum(p.amount) as posted
            from posting p join account a
              on a.tenant = p.tenant and a.id = p.account and a.kind in ('balance', 'bonus')
            where p.tenant = ? and p.name in ('top-up', 'adjustment', 'transfer')
            group by a.name, a.kind, p.name, p.shard, p.seq having sum(p.amount) <> 0) p
          full join (
            select a.name, h.bucket <> '' as bucket, h.kind, h.shard, h.seq,
              sum(h.amount) as told
            from account_change h join account a on a.tenant = h.tenant and a.id = h.account
            where h.tenant = ? and h.kind <> 'expired' and h.allowance = ''
            group by a.name, h.bucket <> '', h.kind, h.shard, h.seq having sum(h.amount) <> 0) h
          using (name, bucket, kind, shard, seq)
          where posted is distinct from told
          """;
      case CHANGES_ARE_ASKED_FOR -> throw new IllegalArgumentException("it is no query");
      case LENT_IS_THERE_OR_UNDER_WAY ->
          """
          select format('%s: lent or had %s, under way %s units', a.name, had, carried) as what
          from (
            select account, sum(amount) as had from lent where tenant = ? group by account) l
          full join (
            select lender as account, sum(lent) as carried from message
            where tenant = ? and lender is not null group by lender) m
          using (account)
          join account a on a.tenant = ? and a.id = account
          where coalesce(had, 0) <> coalesce(carried, 0)
          """;
      case UNITS_ARE_POSTED ->
          """
          select format('commit %s/%s, account %s, %s of %s: changed %s, posted %s',
            shard, seq, account, name, allowance, c.quantity, p.quantity) as what
          from (
            select shard, seq, account, allowance, kind as name, sum(amount) as quantity
            from account_change where tenant = ? and allowance <> ''
            group by shard, seq, account, allowance, kind) c
          full join (
            select shard, seq, account, allowance, name, sum(quantity) as quantity
            from unit_posting where tenant = ? and name <> 'drawn'
            group by shard, seq, account, allowance, name) p
          using (shard, seq, account, allowance, name)
          where coalesce(c.quantity, 0) <> coalesce(p.quantity, 0)
          """;
    };
  }
}
