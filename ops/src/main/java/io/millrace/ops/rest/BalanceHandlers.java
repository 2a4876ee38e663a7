package io.millrace.ops.rest;

import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.NamedBucket;
import io.millrace.ops.node.Node;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.shard.WalletView;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Opens accounts with balances, pays into them and from one to another, and puts them right. */
public final class BalanceHandlers {
  private final Node node;
  private final AccountDesk desk;

  /** Of a node. */
  public BalanceHandlers(Node node, AccountDesk desk) {
    this.node = node;
    this.desk = desk;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    Map<String, Call.Handler> all = new HashMap<>();
    later().forEach((id, handler) -> all.put(id, handler.waiting()));
    all.put("openAccount", this::open);
    all.put("accountHistory", new HistoryHandlers(node, desk)::history);
    return all;
  }

  /** Those that let no thread wait; an account that is not known yet is looked up off theirs. */
  public Map<String, Call.Later> later() {
    return Map.of(
        "topUp", call -> pay("topUp", call, false),
        "adjust", call -> pay("adjust", call, true),
        "transfer", this::transfer);
  }

  private Answer open(Call call) throws Exception {
    boolean prepaid = call.text("kind").equals("prepaid");
    int scale = node.rules().catalog().ledgerScale();
    String limit = call.optionalText("creditLimit");
    String floor = call.optionalText("floor");
    if (limit != null && (floor != null || prepaid)) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-terms",
          "a credit limit is for postpaid accounts, and says where the floor is",
          "name either the limit or the floor");
    }
    long least = floor != null ? units(floor, scale) : limit != null ? -units(limit, scale) : 0;
    if (limit != null && least > 0) {
      throw notAnAmount();
    }
    String lowBalance = call.optionalText("lowBalance");
    long low = lowBalance == null ? Long.MIN_VALUE : units(lowBalance, scale);
    String name = call.text("account");
    AccountAnswer answer =
        desk.open(RequestKey.of("openAccount", name, call), name, prepaid, least, low);
    Customer customer = desk.customer(name);
    return Answer.json(
        201,
        Json.object(
            "id", customer.id(),
            "name", customer.name(),
            "currency", customer.currency(),
            "kind", call.text("kind"),
            "floor", Measures.decimal(least, scale),
            "lowBalance", low(low, scale),
            "available", Measures.decimal(answer.available(), scale)));
  }

  private CompletableFuture<Answer> pay(String operation, Call call, boolean adjustment)
      throws Exception {
    String name = call.text("account");
    Customer known = desk.known(name).orElse(null);
    // What a bucket of money is booked to may have to be looked up as well.
    boolean units = UnitHandlers.isAsked(call);
    return known == null || !units && call.optionalText("bucket") != null
        ? LookedUp.first(() -> pay(operation, call, adjustment, desk.customer(name)))
        : pay(operation, call, adjustment, known);
  }

  private CompletableFuture<Answer> pay(
      String operation, Call call, boolean adjustment, Customer customer) throws Exception {
    if (UnitHandlers.isAsked(call)) {
      return UnitHandlers.pay(operation, call, adjustment, customer, desk, node.rules());
    }
    long amount = units(call.text("amount"), customer.scale());
    if (amount == 0 || amount < 0 && !adjustment) {
      throw notAnAmount();
    }
    return desk.pay(
            RequestKey.of(operation, customer.id(), call),
            customer,
            amount,
            adjustment,
            adjustment ? call.text("reason") : "",
            bucket(call),
            call.after())
        .thenApply(answer -> paid(customer, answer));
  }

  private static @Nullable NamedBucket bucket(Call call) throws Refusal {
    String name = call.optionalText("bucket");
    String eventType = call.optionalText("for");
    Instant expires = call.optionalTime("expires");
    if (name == null && (eventType != null || expires != null)) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-bucket",
          "the main balance is for any use, and does not end",
          "name a bucket");
    }
    return name == null ? null : new NamedBucket(name, eventType, expires);
  }

  private CompletableFuture<Answer> transfer(Call call) throws Exception {
    Customer from = desk.known(call.text("from")).orElse(null);
    Customer to = desk.known(call.text("to")).orElse(null);
    return from == null || to == null || !desk.knowsTransit()
        ? LookedUp.first(
            () -> transfer(call, desk.customer(call.text("from")), desk.customer(call.text("to"))))
        : transfer(call, from, to);
  }

  private CompletableFuture<Answer> transfer(Call call, Customer from, Customer to)
      throws Exception {
    long amount = units(call.text("amount"), from.scale());
    if (amount <= 0) {
      throw notAnAmount();
    }
    return desk.transfer(RequestKey.of("transfer", from.id(), call), from, to, amount, call.after())
        .thenApply(
            answer ->
                Answer.json(
                    Json.object(
                        "from", from.name(),
                        "to", to.name(),
                        "currency", from.currency(),
                        "amount", Measures.decimal(answer.amount(), from.scale()),
                        "available", Measures.decimal(answer.available(), from.scale()))));
  }

  private static Answer paid(Customer customer, AccountAnswer answer) {
    return Answer.json(
        Json.object(
            "id", customer.id(),
            "name", customer.name(),
            "currency", customer.currency(),
            "amount", Measures.decimal(answer.amount(), customer.scale()),
            "available", Measures.decimal(answer.available(), customer.scale())));
  }

  /** An exact decimal in ledger units. */
  static long units(String decimal, int scale) throws Refusal {
    try {
      long units = new BigDecimal(decimal).movePointRight(scale).longValueExact();
      if (Math.abs(units) <= WalletTerms.MOST) {
        return units;
      }
    } catch (ArithmeticException e) {
      // Said below.
    }
    throw notAnAmount();
  }

  private static Refusal notAnAmount() {
    return new Refusal(
        Refusal.Kind.MISUSE,
        "bad-amount",
        "the amount is 0, finer or larger than the ledger takes, or of the wrong sign",
        "write it like 12.50; only adjustments and floors may be negative");
  }

  private static @Nullable String low(long low, int scale) {
    return low == Long.MIN_VALUE ? null : Measures.decimal(low, scale);
  }

  /** What an account has and may use; null where it has no balance. */
  static @Nullable Map<String, Object> funds(@Nullable WalletView view, int scale, Rules rules) {
    return view == null
        ? null
        : Json.object(
            "kind", view.terms().prepaid() ? "prepaid" : "postpaid",
            "floor", Measures.decimal(view.terms().floor(), scale),
            "lowBalance", low(view.terms().low(), scale),
            "balance", Measures.decimal(view.balance(), scale),
            "accrued", Measures.decimal(view.accrued(), scale),
            "reserved", Measures.decimal(view.reserved(), scale),
            "lent", Measures.decimal(view.lent(), scale),
            "available", Measures.decimal(view.available(), scale),
            "overrun", Measures.decimal(view.overrun(), scale),
            "blocked", view.blocked(),
            "reservations", view.open(),
            "buckets", buckets(view, scale, rules),
            "units", UnitHandlers.shown(view, rules));
  }

  private static List<Map<String, Object>> buckets(WalletView view, int scale, Rules rules) {
    return view.buckets().stream()
        .map(
            b ->
                Json.object(
                    "name",
                    b.name(),
                    "left",
                    Measures.decimal(b.left(), scale),
                    "expires",
                    b.expires() == Long.MAX_VALUE ? null : Instant.ofEpochMilli(b.expires()),
                    "for",
                    b.type() == WalletView.ANY ? null : rules.types().get(b.type()).name()))
        .toList();
  }
}
