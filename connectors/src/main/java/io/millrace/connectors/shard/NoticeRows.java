package io.millrace.connectors.shard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.processors.shard.Notice;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts what a commit has to tell into the outbox, under keys that say which of which commit it is,
 * {@code millrace:tenant:notice:shard:seq:n}; what is told once goes under its name in place of the
 * last three, and is left out where it was told before. Names and currencies of accounts are looked
 * up by the statement that writes; amounts are decimal strings, exact.
 */
public final class NoticeRows {
  /** The endpoint that notices are delivered by. */
  public static final String ENDPOINT = "notices";

  /**
   * Where so many of an account wait to be delivered, it is not told of reservations that expire:
   * they cost who lets them nothing.
   */
  static final int MOST_WAITING = 1_000;

  private static final String INSERT =
      """
      with waiting as materialized (
        select e.account, (select count(*) from (
            select from outbox w
            where w.tenant = ? and w.endpoint = ? and w.account = e.account
              and w.state in ('queued', 'sent', 'unknown')
            limit ?) behind) as many
        from (select distinct account from unnest(?::int[], ?::text[]) as x (account, kind)
          where kind = 'reservation-expired') e)
      insert into outbox (tenant, endpoint, topic, key, kind, account, payload)
      select ?, ?, 'notice', n.key, n.kind, n.account,
        (jsonb_build_object('id', n.key, 'kind', n.kind, 'account', a.name,
           'currency', a.currency, 'at', n.at)
         || n.facts::jsonb
         || coalesce((
              select jsonb_object_agg(m.key,
                trim_scale(m.value::numeric * 10::numeric ^ (-a.scale::int))::text)
              from jsonb_each_text(n.money::jsonb) m), '{}'))::text
      from unnest(?::text[], ?::text[], ?::int[], ?::text[], ?::text[], ?::text[], ?::boolean[])
        with ordinality as n (key, kind, account, at, facts, money, once, place)
      left join account a on a.tenant = ? and a.id = n.account
      where (not n.once or not exists (
        select from outbox told where told.tenant = ? and told.key = n.key))
        and (n.kind <> 'reservation-expired'
          or (select many from waiting where waiting.account = n.account) < ?)
      order by n.place
      """;

  private static final JsonFactory JSON = new JsonFactory();

  private final int tenant;
  private final List<String> keys = new ArrayList<>();
  private final List<String> kinds = new ArrayList<>();
  private final List<Integer> accounts = new ArrayList<>();
  private final List<String> times = new ArrayList<>();
  private final List<String> facts = new ArrayList<>();
  private final List<String> money = new ArrayList<>();
  private final List<Boolean> once = new ArrayList<>();
  private final Set<String> named = new HashSet<>();

  NoticeRows(int tenant) {
    this.tenant = tenant;
  }

  void add(int shard, long seq, long time, List<Notice> notices) {
    int n = 0;
    for (Notice notice : notices) {
      String number = shard + ":" + seq + ":" + n++;
      boolean isNamed = !notice.once().isEmpty();
      if (isNamed && !named.add(notice.once())) {
        continue;
      }
      keys.add("millrace:" + tenant + ":notice:" + (isNamed ? notice.once() : number));
      once.add(isNamed);
      kinds.add(notice.kind().code());
      accounts.add(notice.account());
      times.add(Instant.ofEpochMilli(time).toString());
      facts.add(object(notice, false));
      money.add(object(notice, true));
    }
  }

  void write(Connection c) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    try (PreparedStatement ps = c.prepareStatement(INSERT)) {
      ps.setInt(1, tenant);
      ps.setString(2, ENDPOINT);
      ps.setInt(3, MOST_WAITING);
      ps.setArray(4, c.createArrayOf("int4", accounts.toArray()));
      ps.setArray(5, c.createArrayOf("text", kinds.toArray()));
      ps.setInt(6, tenant);
      ps.setString(7, ENDPOINT);
      ps.setArray(8, c.createArrayOf("text", keys.toArray()));
      ps.setArray(9, c.createArrayOf("text", kinds.toArray()));
      ps.setArray(10, c.createArrayOf("int4", accounts.toArray()));
      ps.setArray(11, c.createArrayOf("text", times.toArray()));
      ps.setArray(12, c.createArrayOf("text", facts.toArray()));
      ps.setArray(13, c.createArrayOf("text", money.toArray()));
      ps.setArray(14, c.createArrayOf("bool", once.toArray()));
      ps.setInt(15, tenant);
      ps.setInt(16, tenant);
      ps.setInt(17, MOST_WAITING);
      ps.executeUpdate();
    }
  }

  /** The facts that are amounts, or those that are not. */
  private static String object(Notice notice, boolean amounts) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Notice.Fact fact : notice.facts()) {
        if (fact instanceof Notice.Money == amounts) {
          switch (fact) {
            case Notice.Money m -> json.writeNumberField(m.name(), m.units());
            case Notice.Count n -> json.writeNumberField(n.name(), n.value());
            case Notice.Text t -> json.writeStringField(t.name(), t.value());
          }
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
