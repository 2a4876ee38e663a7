package io.millrace.ops.rest;

import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.Operator;
import io.millrace.processors.rating.Periods;
import io.millrace.processors.shard.AccountView;
import io.millrace.processors.shard.AllowanceView;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.TierView;
import io.millrace.processors.shard.WalletView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Balances and usage, from the shards between two commits. */
public final class AccountHandlers {
  private static final int ALL = -1;

  private final Operator operator;
  private final AccountDesk desk;

  /** Of a node. */
  public AccountHandlers(Operator operator, AccountDesk desk) {
    this.operator = operator;
    this.desk = desk;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of("account", this::account);
  }

  /** What the shards of this node say together. */
  private record Seen(
      Optional<AccountView> view,
      List<AllowanceView> allowances,
      List<TierView> tiers,
      @Nullable WalletView funds,
      int shards,
      int closed,
      boolean isHere) {}

  private Answer account(Call call) throws Exception {
    Customer customer = desk.customer(call.text("account"));
    // All that a root has is in one shard, but for what it pays for others' devices.
    int only = customer.rooted() ? desk.shardOf(customer.id()) : ALL;
    return shown(customer, operator.ask(shards -> look(shards, customer.id(), only)));
  }

  /** Balances for who lets no thread wait; of roots that are known already, else as any other. */
  CompletableFuture<Answer> known(Call call) {
    Customer customer = desk.known(call.text("account")).orElse(null);
    if (customer == null) {
      return LookedUp.first(() -> CompletableFuture.completedFuture(account(call)));
    }
    int only = desk.shardOf(customer.id());
    return desk.look(shards -> look(shards, customer.id(), only))
        .thenApplyAsync(
            seen -> {
              try {
                return shown(customer, seen);
              } catch (Refusal e) {
                throw new CompletionException(e);
              }
            },
            call.after());
  }

  /** Whether {@link #known} can answer for an account. */
  boolean isKnown(String nameOrId) {
    return desk.known(nameOrId).isPresent();
  }

  private Answer shown(Customer customer, Seen seen) throws Refusal {
    if (!seen.isHere) {
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE,
          "moved",
          "another node has the account",
          "ask that node, or this one again when it has taken it over");
    }
    AccountView view = seen.view.orElseGet(() -> new AccountView(customer.id(), 0, 0, List.of()));
    int scale = customer.scale();
    return Answer.json(
        Json.object(
            "id", customer.id(),
            "name", customer.name(),
            "currency", customer.currency(),
            "balance", Measures.decimal(Math.addExact(view.posted(), view.accrued()), scale),
            "posted", Measures.decimal(view.posted(), scale),
            "accrued", Measures.decimal(view.accrued(), scale),
            "openPeriod", period(seen.closed + 1),
            "shards", Json.object("answered", seen.shards, "of", operator.node().tenant().shards()),
            "funds", BalanceHandlers.funds(seen.funds, scale, operator.node().rules()),
            "allowances", allowances(seen.allowances),
            "tiers", tiers(seen.tiers),
            "usage", usage(view, scale)));
  }

  private static Seen look(List<Shard> shards, int account, int only) {
    Optional<AccountView> sum = Optional.empty();
    List<AllowanceView> allowances = new ArrayList<>();
    List<TierView> tiers = new ArrayList<>();
    WalletView funds = null;
    int closed = Integer.MAX_VALUE;
    boolean isHere = only == ALL;
    for (Shard shard : shards) {
      closed = Math.min(closed, shard.closed());
      if (only == ALL || shard.key().number() == only) {
        isHere = true;
        funds = shard.wallet(account).orElse(funds);
      }
      Optional<AccountView> part = shard.account(account);
      if (part.isPresent()) {
        sum = Optional.of(sum.map(s -> s.plus(part.get())).orElse(part.get()));
        shard
            .allowances(account)
            .forEach(more -> add(allowances, more, more::isOf, AllowanceView::plus));
        shard.tiers(account).forEach(more -> add(tiers, more, more::isOf, TierView::plus));
      }
    }
    int last = shards.isEmpty() ? -1 : closed;
    return new Seen(sum, allowances, tiers, funds, shards.size(), last, isHere);
  }

  private static <T> void add(List<T> all, T more, Predicate<T> isSame, BinaryOperator<T> plus) {
    for (int i = 0; i < all.size(); i++) {
      if (isSame.test(all.get(i))) {
        all.set(i, plus.apply(all.get(i), more));
        return;
      }
    }
    all.add(more);
  }

  private List<Map<String, Object>> allowances(List<AllowanceView> all) {
    Measures measures = new Measures(operator.node().rules().catalog());
    return all.stream()
        .sorted(
            Comparator.comparing(AllowanceView::offer)
                .thenComparing(AllowanceView::charge)
                .thenComparing(AllowanceView::group)
                .thenComparing(AllowanceView::period))
        .map(
            a -> {
              Measures.Measure measure = measures.of(a.offer(), a.charge());
              return Json.object(
                  "offer", a.offer(),
                  "name", a.name(),
                  "of", a.charge(),
                  "group", a.group().isEmpty() ? null : a.group(),
                  "period", a.period(),
                  "devices", a.devices(),
                  "included", measure.write(a.included()),
                  "used", measure.write(a.used()),
                  "left", measure.write(a.included().subtract(a.used())),
                  "usedUp", a.usedUp(),
                  "total", measure.write(a.total()),
                  "forecast", measure.write(a.forecast()),
                  "unit", measure.symbol());
            })
        .toList();
  }

  private List<Map<String, Object>> tiers(List<TierView> all) {
    Measures measures = new Measures(operator.node().rules().catalog());
    return all.stream()
        .sorted(
            Comparator.comparing(TierView::offer)
                .thenComparing(TierView::charge)
                .thenComparing(TierView::group)
                .thenComparing(TierView::period))
        .map(
            t -> {
              Measures.Measure measure = measures.of(t.offer(), t.charge());
              return Json.object(
                  "offer", t.offer(),
                  "of", t.charge(),
                  "group", t.group().isEmpty() ? null : t.group(),
                  "period", t.period(),
                  "devices", t.devices(),
                  "total", measure.write(t.total()),
                  "forecast", measure.write(t.forecast()),
                  "toNext", t.left() == TierView.NONE ? null : measure.write(t.left()),
                  "unit", measure.symbol());
            })
        .toList();
  }

  private List<Map<String, Object>> usage(AccountView view, int scale) {
    Measures measures = new Measures(operator.node().rules().catalog());
    return view.lines().stream()
        .sorted(
            Comparator.comparingInt(AccountView.Line::period)
                .thenComparing(AccountView.Line::offer)
                .thenComparing(AccountView.Line::charge))
        .map(
            line -> {
              Measures.Measure measure = measures.of(line.offer(), line.charge());
              return Json.object(
                  "offer", line.offer(),
                  "name", line.charge(),
                  "period", line.period(),
                  "quantity", measure.write(line.quantity()),
                  "unit", measure.symbol(),
                  "amount", Measures.decimal(line.amount(), scale));
            })
        .toList();
  }

  private Map<String, Object> period(int number) {
    Periods periods = operator.node().rules().periods();
    return Json.object(
        "number", number,
        "starts", Instant.ofEpochMilli(periods.startOf(number)),
        "ends", Instant.ofEpochMilli(periods.endOf(number)));
  }

  static Refusal unknown() {
    return new Refusal(
        Refusal.Kind.UNKNOWN,
        "unknown-account",
        "there is no customer account of that name or id",
        "accounts come with the devices that are imported on them");
  }
}
