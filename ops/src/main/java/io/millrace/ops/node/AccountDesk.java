package io.millrace.ops.node;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Meter;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.DirectoryView;
import io.millrace.connectors.shard.CallersFull;
import io.millrace.connectors.shard.RowedRequest;
import io.millrace.connectors.shard.ShardMoved;
import io.millrace.connectors.tenant.BalanceAccounts;
import io.millrace.connectors.tenant.Customers;
import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.Refusal;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.usage.Attributes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks accounts with balances, in the shards of their roots: what a name stands for is looked up
 * here, what it comes to is the shard's. Safe for any thread; none of it asks the database once an
 * account is known.
 */
public final class AccountDesk {
  /** The source that uses are counted for. */
  public static final String SOURCE = "urn:millrace:charging";

  /** How long an answer may take; after that its request is asked again under the same key. */
  private static final long ANSWER_SECONDS = 10;

  private final Node node;
  private final int source;
  private final KnownCustomers customers;
  private final BucketLedgers ledgers = new BucketLedgers();
  private final Patience patience = new Patience(ANSWER_SECONDS);
  private final Patience ofLooks = new Patience(Operator.ANSWER_SECONDS);

  /** One is opened at a time: each keeps a connection, and its commit needs one more. */
  private final Object opening = new Object();

  /** The ledger account of what is on its way; 0 until it was looked up. */
  private volatile int transit;

  /** Of a node. */
  public AccountDesk(Node node) throws SQLException {
    this.node = node;
    this.source = node.sources().idOf(SOURCE);
    this.customers = new KnownCustomers(node);
  }

  /**
   * Whose use it is.
   *
   * @param shard of the root
   */
  public record DeviceNow(long subscription, int shard) {}

  /**
   * What is used.
   *
   * @param type the event type, by index
   * @param value which of the type's readings, −1 where there is none and the event itself counts
   */
  public record Reading(Meter meter, int type, int value) {

    /** Whether the event itself counts, once. */
    public boolean counts() {
      return meter.aggregate() == Meter.Aggregate.COUNT;
    }

    /** A decimal of the meter's unit in its scaled integers. */
    public long scaled(String quantity) throws Refusal {
      try {
        long scaled =
            new BigDecimal(quantity).movePointRight(counts() ? 0 : meter.scale()).longValueExact();
        if (scaled >= 0 && (!counts() || scaled == 1)) {
          return scaled;
        }
      } catch (ArithmeticException e) {
        // Said below.
      }
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-quantity",
          "the quantity is finer or larger than its meter takes",
          counts()
              ? "each of these counts once: ask for 1"
              : "it has up to " + meter.scale() + " decimals of a " + meter.unit().symbol());
    }
  }

  /** The account of a name or id, where that is known to be a root without asking the database. */
  public Optional<Customer> known(String nameOrId) {
    return customers.known(nameOrId);
  }

  /** The customer of a name or id. */
  public Customer customer(String nameOrId) throws SQLException, Refusal {
    return customers.find(nameOrId);
  }

  /** Has all accounts with balances looked up ahead: {@link KnownCustomers#lookUpAll}. */
  void lookUpAll() {
    customers.lookUpAll();
  }

  /** A root's shard. */
  public int shardOf(int account) {
    return ShardKey.of(account, node.tenant().shards());
  }

  /** The device of a subject as it is now. */
  public DeviceNow device(String subject) throws Refusal {
    DirectoryView directory = node.directory().view();
    byte[] name = subject.getBytes(StandardCharsets.UTF_8);
    int place = directory.find(name, 0, name.length, node.clock().read().now());
    if (place < 0) {
      throw place == Directory.UNKNOWN
          ? new Refusal(
              Refusal.Kind.UNKNOWN,
              "unknown-device",
              "there is no such device",
              "import it first: POST /v1/devices")
          : AccountRefusals.of(Outcome.NO_OFFER);
    }
    return new DeviceNow(directory.subscription(place), directory.shard(place));
  }

  /** The reading of a meter that something is charged or granted by now. */
  public Reading reading(String name) throws Refusal {
    Rules rules = node.rules();
    Catalog now = rules.catalogAt(node.clock().read().now());
    Meter meter = now.meters().get(name);
    // A use is an event of its type whose other readings are 0: that must say nothing. What only
    // another version reads, before or from then on, is not charged now.
    boolean plain =
        meter != null
            && now.meters().values().stream()
                .filter(m -> m.eventType().equals(meter.eventType()))
                .allMatch(AccountDesk::addsUp);
    return reading(rules, plain ? meter : null);
  }

  /** Refuses a use whose event, if it says this, would not be charged as what is asked. */
  public void check(Reading reading, Attributes said) throws Refusal {
    Catalog now = node.rules().catalogAt(node.clock().read().now());
    ReadOnce.check(reading, said, now.meters().values());
  }

  private static boolean addsUp(Meter meter) {
    return meter.aggregate() == Meter.Aggregate.COUNT || meter.aggregate() == Meter.Aggregate.SUM;
  }

  /** The reading of a meter that a reservation was granted by, whatever holds by now. */
  public Reading reserved(String name) throws Refusal {
    Rules rules = node.rules();
    Meter meter = rules.catalogAt(node.clock().read().now()).meters().get(name);
    if (meter == null || meter.aggregate() != Meter.Aggregate.SUM) {
      meter = rules.catalog().meters().get(name);
    }
    for (Rules.EventType type : rules.types()) {
      for (Meter each : type.meters()) {
        if (meter == null && each.name().equals(name)) {
          meter = each;
        }
      }
    }
    return reading(rules, meter);
  }

  private static Reading reading(Rules rules, @Nullable Meter meter) throws Refusal {
    for (int t = 0; meter != null && t < rules.types().size(); t++) {
      Rules.EventType type = rules.types().get(t);
      int value = type.meters().indexOf(meter);
      if (type.name().equals(meter.eventType())
          && (value >= 0 || meter.aggregate() == Meter.Aggregate.COUNT)) {
        return new Reading(meter, t, value);
      }
    }
    throw new Refusal(
        Refusal.Kind.MISUSE,
        "unknown-meter",
        "the catalog has no meter of that name that can be charged at once",
        "use one that counts or sums up");
  }

  /** The id of {@link #SOURCE}. */
  public int source() {
    return source;
  }

  /**
   * Asks an account of a shard.
   *
   * @param after runs what is done with the answer
   * @return ends with a refusal where the shard refuses it
   */
  public CompletableFuture<AccountAnswer> ask(int shard, AccountRequest request, Executor after) {
    return answer(node.host().callers().ask(shard, request), after);
  }

  /**
   * Asks a customer's account.
   *
   * @return ends with a refusal where the shard refuses it
   */
  public CompletableFuture<AccountAnswer> ask(
      Customer customer, AccountRequest request, Executor after) throws Refusal {
    if (!customer.rooted()) { // Or its opening was cut short: its devices may not draw.
      throw AccountRefusals.of(Outcome.NO_BALANCE);
    }
    return ask(shardOf(customer.id()), request, after);
  }

  /** Has something charged, as {@link #ask(int, AccountRequest, Executor)}. */
  public CompletableFuture<AccountAnswer> ask(int shard, RowedRequest use, Executor after) {
    return answer(node.host().callers().ask(shard, use), after);
  }

  /**
   * Opens an account, or changes its terms.
   *
   * @param floor where its balance ends, ledger units
   * @param low with so much left above that it is told of as low; {@link Long#MIN_VALUE} for never
   */
  public AccountAnswer open(
      AccountRequest.Key key, String name, boolean prepaid, long floor, long low) throws Exception {
    if (!Device.isName(name) || Customers.isId(name)) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-name",
          "the account's name is blank, has control characters, or could be another's id",
          "name it by something else than up to 9 digits");
    }
    BalanceAccounts accounts =
        new BalanceAccounts(node.database().pool(), node.tenant(), node.rules().catalog());
    AccountAnswer answer;
    synchronized (opening) {
      answer =
          accounts
              .open(
                  name,
                  rows ->
                      waited(
                          ask(
                              shardOf(rows.account()),
                              new AccountRequest.Open(
                                  key,
                                  rows.account(),
                                  new WalletTerms(prepaid, floor, low, rows.ledger())),
                              Runnable::run)),
                  a -> true)
              .orElseThrow(() -> AccountRefusals.of(Outcome.IN_USE));
    }
    customers.forget(name);
    return answer;
  }

  /**
   * Pays from one account to another; answers when it is taken off, it arrives right after.
   *
   * @param amount ledger units, more than 0
   */
  public CompletableFuture<AccountAnswer> transfer(
      AccountRequest.Key key, Customer from, Customer to, long amount, Executor after)
      throws SQLException, Refusal {
    if (!from.rooted() || !to.rooted()) {
      throw AccountRefusals.of(Outcome.NO_BALANCE);
    }
    if (from.id() == to.id() || !from.currency().equals(to.currency())) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-transfer",
          "a transfer is from one account to another of the same currency",
          "name two accounts");
    }
    return ask(
        shardOf(from.id()),
        new AccountRequest.Transfer(key, from.id(), to.id(), shardOf(to.id()), amount, transit()),
        after);
  }

  /**
   * Pays into an account, or puts it right.
   *
   * @param amount ledger units; of a top-up more than 0
   * @param reason in somebody's words; empty where there is none
   * @param bucket the one that it is for; null for the main balance
   */
  public CompletableFuture<AccountAnswer> pay(
      AccountRequest.Key key,
      Customer to,
      long amount,
      boolean adjustment,
      String reason,
      @Nullable NamedBucket bucket,
      Executor after)
      throws SQLException, Refusal {
    AccountRequest.Into into =
        bucket == null || !to.rooted()
            ? null
            : bucket.into(
                node.rules(), ledgers.of(node.database().pool(), node.tenant(), node.rules(), to));
    return ask(to, new AccountRequest.Pay(key, to.id(), amount, adjustment, into, reason), after);
  }

  /** Whether it is known where money is on its way: then {@link #transfer} asks no database. */
  public boolean knowsTransit() {
    return transit != 0;
  }

  private int transit() throws SQLException {
    int known = transit;
    if (known == 0) {
      known =
          new BalanceAccounts(node.database().pool(), node.tenant(), node.rules().catalog())
              .transit();
      transit = known;
    }
    return known;
  }

  private static AccountAnswer waited(CompletableFuture<AccountAnswer> asked) throws Exception {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private CompletableFuture<AccountAnswer> answer(
      CompletableFuture<@Nullable AccountAnswer> asked, Executor after) {
    return patience.bound(asked).handleAsync(AccountDesk::told, after);
  }

  /** What {@link Operator#ask} answers, for who lets no thread wait. */
  public <T> CompletableFuture<T> look(Function<List<Shard>, T> question) {
    return ofLooks.bound(node.host().ask(question));
  }

  private static AccountAnswer told(@Nullable AccountAnswer answer, @Nullable Throwable failure) {
    if (failure instanceof ShardMoved) {
      throw new CompletionException(
          new Refusal(
              Refusal.Kind.UNAVAILABLE,
              "moved",
              "another node has the account now",
              "ask again under the same Idempotency-Key"));
    }
    if (failure instanceof CallersFull) {
      throw new CompletionException(
          new Refusal(
              Refusal.Kind.TOO_MANY,
              "too-many-requests",
              "as many requests wait for their commit as may",
              "ask again later, under the same Idempotency-Key"));
    }
    if (failure != null) {
      throw new CompletionException(failure);
    }
    if (answer == null) {
      throw new IllegalStateException("an account's shard gave no answer");
    }
    if (answer.outcome().isRefusal()) {
      throw new CompletionException(AccountRefusals.of(answer.outcome()));
    }
    return answer;
  }
}
