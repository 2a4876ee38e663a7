package io.millrace.connectors.settlement;

import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery;
import io.millrace.processors.settlement.DeliveryPolicy;
import io.millrace.processors.settlement.DeliveryState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.IntSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one endpoint, one at a time; what is told of an account goes in the order in
 * which it came, past what was refused or given up. Accounts take turns: the next of one is due
 * when the one before has ended, behind what is due by then. Whoever delivers holds a lock of its
 * database session, and claims on that same session: a deliverer that lost it (a killed process, a
 * paused one whose session the server ended) can claim nothing more. Not thread-safe.
 */
public final class Outbox implements AutoCloseable {

  /** The first of the two numbers of the advisory lock; the second is the endpoint's hash. */
  static final int LOCK = 0x4D52_0002;

  /** Deliveries looked at in one statement for whether they wait. */
  private static final int MOST_LOOKED_AT = 100;

  /** Another of its account that has not ended came before. */
  private static final String WAITS =
      """
      exists (
        select from outbox e
        where e.tenant = w.tenant and e.endpoint = w.endpoint and e.account = w.account
          and e.id < w.id and e.state in ('queued', 'sent', 'unknown'))
      """;

  private static final String DUE =
      """
      from outbox w
      where endpoint = ? and state in ('queued', 'sent', 'unknown') and not behind
        and next_at <= now()
      """;

  private static final String MARK =
      """
      with looked as materialized (select tenant, id, account, endpoint
      """
          + DUE
          + " order by next_at, id limit "
          + MOST_LOOKED_AT
          + """
          )
          update outbox o set behind = true from looked w
          where o.tenant = w.tenant and o.id = w.id and
          """
          + WAITS;

  private static final String CLAIM =
      """
      with due as (select tenant, id, state
      """
          + DUE
          + " and not "
          + WAITS
          + """
           order by next_at, id limit 1)
          update outbox o
          set state = case due.state when 'queued' then 'sent' else 'unknown' end,
            attempts = attempts + 1, changed_at = now()
          from due where o.tenant = due.tenant and o.id = due.id
          returning o.tenant, o.id, o.key, o.payload, due.state, o.attempts
          """;

  private static final String RECORD =
      """
      with recorded as (
        update outbox set state = ?, next_at = now() + ? * interval '1 millisecond',
          reference = ?, reason = ?, changed_at = now()
        where tenant = ? and id = ? and attempts = ? and state in ('sent', 'unknown')
        returning tenant, endpoint, account, id, state),
      next as (
        select w.tenant, w.id from recorded r
        cross join lateral (
          select tenant, id, behind from outbox o
          where o.tenant = r.tenant and o.endpoint = r.endpoint and o.account = r.account
            and o.id <> r.id and o.state in ('queued', 'sent', 'unknown')
          order by o.id limit 1) w
        where w.behind and r.state in ('acknowledged', 'refused', 'given-up')),
      freed as (
        update outbox o set behind = false, next_at = greatest(o.next_at, now())
        from next where o.tenant = next.tenant and o.id = next.id)
      select count(*) from recorded
      """;

  private static final String FORGET =
      """
      delete from outbox where ctid = any (array(
        select ctid from outbox
        where tenant = any (array(select id from tenant)) and endpoint = ? and topic = 'notice'
          and kind not in ('topped-up', 'allowance-used')
          and (state = 'acknowledged' and changed_at < now() - interval '1 day'
            or state in ('refused', 'given-up') and changed_at < now() - interval '30 days')
        limit ?))
      """;

  /** Notices that are forgotten at a time: a delete of some ten milliseconds. */
  static final int MOST_FORGOTTEN = 5_000;

  private final DataSource pool;
  private final String endpoint;
  private final DeliveryPolicy policy;
  private final IntSupplier jitter;
  private @Nullable Connection session;

  /**
   * For an endpoint.
   *
   * @param pool one of its connections is kept while this one delivers
   * @param jitter draws per mille, 0 to 999
   */
  public Outbox(DataSource pool, String endpoint, DeliveryPolicy policy, IntSupplier jitter) {
    this.pool = pool;
    this.endpoint = endpoint;
    this.policy = policy;
    this.jitter = jitter;
  }

  /**
   * Takes the next delivery that is due and commits the attempt before it returns. Empty where
   * nothing is due or another process delivers to this endpoint.
   */
  public Optional<Due> claim() throws SQLException {
    Connection holder = session();
    if (holder == null) {
      return Optional.empty();
    }
    try (PreparedStatement mark = holder.prepareStatement(MARK);
        PreparedStatement claim = holder.prepareStatement(CLAIM)) {
      mark.setString(1, endpoint);
      while (mark.executeUpdate() == MOST_LOOKED_AT) {
        // All of those wait: whoever does not is behind them.
      }
      claim.setString(1, endpoint);
      try (ResultSet row = claim.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new Due(
                row.getInt(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                Delivery.step(DeliveryState.of(row.getString(5))),
                row.getInt(6)));
      }
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  /** Writes down what became of a claimed delivery. */
  public Delivery record(Due due, Answer answer) throws SQLException {
    Delivery next = Delivery.after(due.step(), answer, due.attempt(), policy, jitter.getAsInt());
    Connection holder = session();
    if (holder == null) {
      throw new SQLException("another process delivers to " + endpoint + " now");
    }
    try (PreparedStatement update = holder.prepareStatement(RECORD)) {
      update.setString(1, next.state().code());
      update.setLong(2, next.pause().toMillis());
      update.setString(3, next.reference());
      update.setString(4, next.reason());
      update.setInt(5, due.tenant());
      update.setLong(6, due.id());
      update.setInt(7, due.attempt());
      try (ResultSet row = update.executeQuery()) {
        row.next();
        if (row.getInt(1) != 1) {
          throw new SQLException("delivery " + due.key() + " was taken by another process");
        }
      }
    } catch (SQLException e) {
      close();
      throw e;
    }
    return next;
  }

  /**
   * Forgets some notices that were taken a day ago, or have ended otherwise a month ago; none of
   * what was paid in, which the books compare, nor of what is told once.
   *
   * @return how many, {@link #MOST_FORGOTTEN} where there can be more; 0 where another process
   *     delivers
   */
  int forget() throws SQLException {
    Connection holder = session();
    if (holder == null) {
      return 0;
    }
    try (PreparedStatement forget = holder.prepareStatement(FORGET)) {
      forget.setString(1, endpoint);
      forget.setInt(2, MOST_FORGOTTEN);
      return forget.executeUpdate();
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  /** What it delivers to. */
  String endpoint() {
    return endpoint;
  }

  /** Gives the endpoint free. */
  @Override
  public void close() {
    Connection holder = session;
    session = null;
    if (holder != null) {
      // The pool keeps the session, so the lock is given back by hand.
      try (holder) {
        try (PreparedStatement unlock =
            holder.prepareStatement("select pg_advisory_unlock_all()")) {
          unlock.execute();
        }
      } catch (SQLException e) {
        abort(holder);
      }
    }
  }

  /** The session that holds the endpoint's lock; null where another process holds it. */
  private @Nullable Connection session() throws SQLException {
    if (session != null) {
      return session;
    }
    Connection candidate = pool.getConnection();
    try (PreparedStatement lock =
        candidate.prepareStatement("select pg_try_advisory_lock(?, hashtext(?))")) {
      lock.setInt(1, LOCK);
      lock.setString(2, endpoint);
      try (ResultSet row = lock.executeQuery()) {
        row.next();
        if (row.getBoolean(1)) {
          session = candidate;
          return candidate;
        }
      }
    } catch (SQLException e) {
      abort(candidate);
      throw e;
    }
    candidate.close();
    return null;
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is gone already.
    }
  }
}
