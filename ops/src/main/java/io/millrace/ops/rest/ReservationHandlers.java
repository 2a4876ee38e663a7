package io.millrace.ops.rest;

import io.millrace.connectors.shard.AccountUse;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.Operator;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Reservation;
import io.millrace.processors.usage.Attributes;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reserve, commit, release, and charge at once. Each answer is durable before it is given. */
public final class ReservationHandlers {
  private final Operator operator;
  private final AccountDesk desk;

  /** Of a node. */
  public ReservationHandlers(Operator operator, AccountDesk desk) {
    this.operator = operator;
    this.desk = desk;
  }

  /** The handlers by operation id, for callers that wait. */
  public Map<String, Call.Handler> all() {
    Map<String, Call.Handler> all = new HashMap<>();
    later().forEach((id, handler) -> all.put(id, handler.waiting()));
    all.put("reservation", this::reservation);
    return all;
  }

  /** Those that let no thread wait for the commit. */
  public Map<String, Call.Later> later() {
    return Map.of(
        "reserve", this::reserve,
        "commitReservation", this::commit,
        "releaseReservation", this::release,
        "chargeAtOnce", this::charge);
  }

  private CompletableFuture<Answer> reserve(Call call) throws Exception {
    AccountDesk.DeviceNow device = desk.device(call.text("device"));
    AccountDesk.Reading reading = desk.reading(call.text("meter"));
    long quantity = reading.scaled(call.text("quantity"));
    if (reading.counts() || quantity == 0) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-quantity",
          "only a quantity of more than 0 that a meter sums up can be reserved",
          "charge events that count at once: POST /v1/charges");
    }
    Attributes said = AskedAttributes.of(call, rules(), reading);
    desk.check(reading, said == null ? Attributes.NONE : said);
    return desk.ask(
            device.shard(),
            new AccountRequest.Reserve(
                RequestKey.of("reserve", call.text("device"), call),
                device.subscription(),
                reading.type(),
                reading.value(),
                quantity,
                call.flag("partial"),
                TimeUnit.SECONDS.toMillis(call.number("validFor")),
                call.flag("dryRun"),
                said == null ? Attributes.NONE : said),
            call.after())
        .thenApply(answer -> granted(answer, device.shard(), reading));
  }

  private Answer granted(AccountAnswer answer, int shard, AccountDesk.Reading reading) {
    boolean dry = answer.outcome() == AccountAnswer.Outcome.PRICED;
    return Answer.json(
        dry ? 200 : 201,
        Json.object(
            "id", dry ? null : id(shard, answer),
            "outcome", answer.outcome().code(),
            "quantity", Measures.decimal(answer.quantity(), reading.meter().scale()),
            "unit", reading.meter().unit().symbol(),
            "amount", amount(answer.amount()),
            "sponsored", sponsored(answer),
            "currency", currency(),
            "available", amount(answer.available()),
            "expiresAt", dry ? null : Instant.ofEpochMilli(answer.until())));
  }

  private String id(int shard, AccountAnswer answer) {
    return new ReservationId(tenant(), shard, answer.seq(), answer.n()).toString();
  }

  private int tenant() {
    return operator.node().tenant().id();
  }

  private String amount(long units) {
    return Measures.decimal(units, rules().catalog().ledgerScale());
  }

  private @Nullable String sponsored(AccountAnswer answer) {
    return answer.sponsored() == 0 ? null : amount(answer.sponsored());
  }

  private String currency() {
    return rules().catalog().currency().getCurrencyCode();
  }

  private Rules rules() {
    return operator.node().rules();
  }

  private ReservationId named(Call call) throws Refusal {
    return ReservationId.of(call.text("reservation"), tenant(), operator.node().tenant().shards());
  }

  private Reservation find(ReservationId id) throws Exception {
    Optional<Reservation> found =
        operator.ask(
            shards ->
                shards.stream()
                    .filter(s -> s.key().number() == id.shard())
                    .findFirst()
                    .flatMap(s -> s.reservation(id.seq(), id.n())));
    return found.orElseThrow(
        () ->
            new Refusal(
                Refusal.Kind.UNKNOWN,
                "unknown-reservation",
                "there is no such reservation, or it ended more than a day ago",
                "use the id that the reservation was answered with"));
  }

  private Answer reservation(Call call) throws Exception {
    ReservationId id = named(call);
    Reservation r = find(id);
    int scale = rules().types().get(r.type()).meters().get(r.value()).scale();
    return Answer.json(
        Json.object(
            "id",
            id,
            "state",
            r.end().name().toLowerCase(Locale.ROOT),
            "granted",
            Measures.decimal(r.granted(), scale),
            "left",
            Measures.decimal(r.left(), scale),
            "unit",
            rules().types().get(r.type()).meters().get(r.value()).unit().symbol(),
            "held",
            amount(r.held()),
            "currency",
            currency(),
            "expiresAt",
            Instant.ofEpochMilli(r.until()),
            AskedAttributes.MEMBER,
            r.said().isEmpty() ? null : r.said().members()));
  }

  private CompletableFuture<Answer> commit(Call call) throws Exception {
    ReservationId id = named(call);
    AccountDesk.Reading reading = desk.reserved(call.text("meter"));
    long quantity = reading.scaled(call.text("quantity"));
    if (quantity == 0 && !call.flag("last")) {
      throw nothingUsed();
    }
    Attributes said = AskedAttributes.of(call, rules(), reading);
    if (said != null) { // Else what its reservation says, which was checked.
      desk.check(reading, said);
    }
    return desk.ask(
            id.shard(),
            new AccountUse(
                RequestKey.of("commitReservation", id, call),
                desk.source(),
                id.seq(),
                id.n(),
                0,
                reading.type(),
                reading.value(),
                quantity,
                call.flag("last"),
                said,
                evidence(call)),
            call.after())
        .thenApply(answer -> used(answer, id.toString(), reading));
  }

  private CompletableFuture<Answer> charge(Call call) throws Exception {
    AccountDesk.DeviceNow device = desk.device(call.text("device"));
    AccountDesk.Reading reading = desk.reading(call.text("meter"));
    long quantity = reading.scaled(call.text("quantity"));
    if (quantity == 0) {
      throw nothingUsed();
    }
    Attributes said = AskedAttributes.of(call, rules(), reading);
    desk.check(reading, said == null ? Attributes.NONE : said);
    return desk.ask(
            device.shard(),
            new AccountUse(
                RequestKey.of("chargeAtOnce", call.text("device"), call),
                desk.source(),
                0,
                0,
                device.subscription(),
                reading.type(),
                reading.value(),
                quantity,
                true,
                said,
                evidence(call)),
            call.after())
        .thenApply(answer -> used(answer, "", reading));
  }

  private static Refusal nothingUsed() {
    return new Refusal(
        Refusal.Kind.MISUSE,
        "bad-quantity",
        "nothing was used",
        "commit what was used, or release the reservation");
  }

  /**
   * What was asked, as the evidence of its charge: all but the key, and what is said of the use.
   */
  private static String evidence(Call call) {
    Map<String, Object> asked = new java.util.TreeMap<>(call.values());
    asked.remove("Idempotency-Key");
    asked.remove(AskedAttributes.MEMBER);
    return Json.line(asked);
  }

  private Answer used(AccountAnswer answer, String id, AccountDesk.Reading reading) {
    return Answer.json(
        Json.object(
            "id",
            id.isEmpty() ? null : id,
            "outcome",
            answer.outcome().code(),
            "quantity",
            reading.counts() ? "1" : Measures.decimal(answer.quantity(), reading.meter().scale()),
            "unit",
            reading.counts() ? "each" : reading.meter().unit().symbol(),
            "amount",
            amount(answer.amount()),
            "sponsored",
            sponsored(answer),
            "currency",
            currency(),
            "held",
            id.isEmpty() ? null : amount(answer.left()),
            "available",
            amount(answer.available()),
            "unlockedUntil",
            id.isEmpty() && answer.until() != 0 ? Instant.ofEpochMilli(answer.until()) : null));
  }

  private CompletableFuture<Answer> release(Call call) throws Exception {
    ReservationId id = named(call);
    return desk.ask(
            id.shard(),
            new AccountRequest.Release(
                RequestKey.of("releaseReservation", id, call), id.seq(), id.n()),
            call.after())
        .thenApply(
            answer ->
                Answer.json(
                    Json.object(
                        "id", id,
                        "outcome", answer.outcome().code(),
                        "amount", amount(answer.amount()),
                        "currency", currency(),
                        "available", amount(answer.available()))));
  }
}
