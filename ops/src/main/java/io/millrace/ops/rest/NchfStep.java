package io.millrace.ops.rest;

import io.millrace.connectors.shard.SessionUses;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.NchfConfig;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Step;
import io.millrace.processors.usage.Attributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request of a network function as the step of a session that it asks for, and the shard's answer
 * as the network function is told it. What can't be rated goes to no shard.
 */
final class NchfStep {
  private static final String UNKNOWN_GROUP = "unknown-rating-group";

  private final NchfConfig config;
  private final AccountDesk desk;
  private final Step.Kind kind;
  private final Call call;
  private final long number;

  /** In the order of the request. */
  private final List<Entry> entries = new ArrayList<>();

  private final List<Step.Part> parts = new ArrayList<>();
  private final List<SessionUses.Used> used = new ArrayList<>();

  /**
   * A rating group of the request.
   *
   * @param group null where what it asks for can't be rated, or all that it says
   */
  private record Entry(long number, @Nullable RatingGroup group) {}

  /** Reads a call that the contract has let through. */
  NchfStep(NchfConfig config, AccountDesk desk, Step.Kind kind, Call call) throws Refusal {
    this.config = config;
    this.desk = desk;
    this.kind = kind;
    this.call = call;
    Long said = call.optionalNumber("invocationSequenceNumber");
    this.number = said == null ? 0 : said;
    Set<Long> seen = new HashSet<>();
    if (call.values().get("multipleUnitUsage") instanceof List<?> usage) {
      int more = usage.size();
      for (Object each : usage) {
        more--;
        if (each instanceof Map<?, ?> group) {
          if (!seen.add(RatingGroup.number(group))) {
            throw new Refusal(
                Refusal.Kind.MISUSE,
                Schema.BAD_MEMBER,
                "a rating group is there twice",
                "put all of a rating group into one of `multipleUnitUsage`");
          }
          add(group, more);
        }
      }
    }
  }

  /**
   * Adds a rating group.
   *
   * @param more how many come after it, which have a part each at least
   */
  private void add(Map<?, ?> said, int more) throws Refusal {
    long group = RatingGroup.number(said);
    NchfConfig.Group terms = config.groups().get(group);
    RatingGroup rated = terms == null ? null : rated(group, terms, said);
    boolean isEvent = kind == Step.Kind.EVENT;
    // Events that count as one each have a part each.
    int room = Step.MOST_PARTS - parts.size() - more;
    boolean severally = rated != null && rated.isSeveral() && rated.used() <= room;
    int times = severally && rated != null ? (int) rated.used() : 1;
    Long taken = rated == null ? null : scaled(rated, severally ? 1 : rated.used());
    Long asked = rated == null ? null : scaled(rated, rated.asked());
    if (rated != null && rated.asked() > 0 && rated.reading().counts() && !isEvent) {
      asked = null; // Events that count as one each are not granted ahead.
    }
    if (rated == null || taken == null || asked == null && taken == 0) {
      if (kind == Step.Kind.RELEASE && said.get("usedUnitContainer") != null) {
        throw new Refusal(
            Refusal.Kind.MISUSE,
            UNKNOWN_GROUP,
            "a rating group is told as used that can't be rated here",
            "leave it out, or have the operator name it in `nchf.rating-groups`");
      }
      entries.add(new Entry(group, null));
      return;
    }
    if (isEvent && taken > 0 && rated.asked() > 0) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          Schema.BAD_MEMBER,
          "an event asks for units and has used some",
          "send `requestedUnit` before it, or `usedUnitContainer` after it");
    }
    // What can't be granted keeps nothing from being charged that was used.
    entries.add(new Entry(group, asked == null ? null : rated));
    long asks = asked == null ? 0 : asked;
    for (int i = 0; i < times; i++) {
      int part = parts.size();
      parts.add(
          new Step.Part(
              group,
              AccountRequest.Use.NO_ROW,
              rated.reading().type(),
              rated.reading().value(),
              taken > 0,
              isEvent ? 0 : asks));
      if (taken > 0 || isEvent && asks > 0) {
        long quantity = taken > 0 ? taken : asks;
        used.add(new SessionUses.Used(part, quantity, evidence(rated, quantity, said)));
      }
    }
  }

  /** An amount in its meter's scaled integers; null where it can't be rated. */
  private static @Nullable Long scaled(RatingGroup rated, long amount) {
    return !rated.fits() ? null : amount == 0 ? Long.valueOf(0) : rated.scaled(amount).orElse(null);
  }

  private @Nullable RatingGroup rated(long group, NchfConfig.Group terms, Map<?, ?> said)
      throws Refusal {
    long used = RatingGroup.used(said, terms.measured());
    AccountDesk.Reading reading;
    try {
      reading = desk.reading(terms.meter());
      desk.check(reading, Attributes.NONE);
    } catch (Refusal noLonger) {
      if (used == 0 || kind == Step.Kind.BEGIN || kind == Step.Kind.EVENT) {
        return null;
      }
      try {
        reading = desk.reserved(terms.meter());
      } catch (Refusal never) {
        return null;
      }
    }
    Long asked = RatingGroup.asked(said, terms.measured());
    long most =
        asked == null
            ? 0
            : asked < 0
                ? terms.grant()
                : kind == Step.Kind.EVENT ? asked : Math.min(asked, terms.grant());
    return new RatingGroup(group, terms, reading, most, used);
  }

  /** What was sent of a rating group, by whom and read as what: the evidence of its charge. */
  private String evidence(RatingGroup rated, long quantity, Map<?, ?> said) {
    return Json.line(
        Json.object(
            "meter", rated.reading().meter().name(),
            "quantity", rated.decimal(quantity),
            "chargingDataRef", isOfSession() ? call.text("ChargingDataRef") : null,
            "subscriberIdentifier", call.optionalText("subscriberIdentifier"),
            "nodeFunctionality", consumer("nodeFunctionality"),
            "nFName", consumer("nFName"),
            "invocationTimeStamp", call.optionalTime("invocationTimeStamp"),
            "invocationSequenceNumber", number,
            "multipleUnitUsage", said));
  }

  /** Whether its path names a session; what a body says under that name is none. */
  private boolean isOfSession() {
    return kind == Step.Kind.UPDATE || kind == Step.Kind.RELEASE;
  }

  /** Who asks: what the contract bounds of it, since it is kept with each rating group. */
  private @Nullable Object consumer(String member) {
    return call.values().get("nfConsumerIdentification") instanceof Map<?, ?> who
        ? who.get(member)
        : null;
  }

  /**
   * The step as its shard is asked it.
   *
   * @param seq the session's; 0 where there is none yet
   * @param subscription whose; 0 where the session says so
   */
  SessionUses uses(AccountRequest.Key key, long seq, int n, long subscription) {
    return new SessionUses(
        new Step(
            key,
            kind,
            seq,
            n,
            subscription,
            number,
            TimeUnit.SECONDS.toMillis(config.validity()),
            parts),
        desk.source(),
        used);
  }

  /**
   * What the network function is told: of each rating group what came of it then, where the answer
   * is a repeated one and other rating groups are configured by now.
   */
  Object told(AccountAnswer answer) {
    List<Object> groups = new ArrayList<>();
    for (Entry entry : entries) {
      AccountAnswer.Part part = answer.part(entry.number).orElse(null);
      groups.add(
          entry.group == null || part == null
              ? Json.object("ratingGroup", entry.number, "resultCode", "RATING_FAILED")
              : told(entry.group, part, answer.until()));
    }
    return Json.object(
        "invocationTimeStamp",
        Instant.ofEpochMilli(answer.until()),
        "invocationSequenceNumber",
        number,
        "sessionFailover",
        "FAILOVER_SUPPORTED",
        "multipleUnitInformation",
        groups.isEmpty() ? null : groups);
  }

  private Object told(RatingGroup group, AccountAnswer.Part part, long now) {
    boolean isCharged = part.outcome() == Outcome.CHARGED && group.asked() > 0;
    long granted = isCharged ? group.asked() : group.whole(part.quantity());
    if (granted == 0) {
      boolean isLess = part.outcome() == Outcome.GRANTED_IN_PART;
      return Json.object(
          "ratingGroup",
          group.number(),
          "resultCode",
          resultCode(isLess ? Outcome.INSUFFICIENT : part.outcome()));
    }
    NchfConfig.Group terms = group.terms();
    boolean isQuota = part.until() != 0;
    return Json.object(
        "ratingGroup",
        group.number(),
        "resultCode",
        resultCode(part.outcome()),
        "grantedUnit",
        Json.object(terms.measured().member(), granted),
        "validityTime",
        isQuota ? TimeUnit.MILLISECONDS.toSeconds(part.until() - now) : null,
        "quotaHoldingTime",
        isQuota && terms.holdingTime() > 0 ? terms.holdingTime() : null,
        "finalUnitIndication",
        part.outcome() == Outcome.GRANTED_IN_PART
            ? Json.object("finalUnitAction", "TERMINATE")
            : null,
        threshold(terms.measured()),
        isQuota && terms.threshold() > 0 && terms.threshold() < granted ? terms.threshold() : null);
  }

  private static String threshold(NchfConfig.Measured measured) {
    return switch (measured) {
      case TIME -> "timeQuotaThreshold";
      case TOTAL_VOLUME -> "volumeQuotaThreshold";
      case SERVICE_SPECIFIC_UNITS -> "unitQuotaThreshold";
    };
  }

  /** TS 32.291 clause 6.1.6.3.14. */
  private static String resultCode(Outcome outcome) {
    return switch (outcome) {
      case GRANTED, GRANTED_IN_PART, COMMITTED, LATE_COMMIT, CHARGED, RELEASED -> "SUCCESS";
      case INSUFFICIENT, BLOCKED, TOO_MUCH -> "QUOTA_LIMIT_REACHED";
      case NO_OFFER, MOVED -> "END_USER_SERVICE_DENIED";
      case TOO_MANY_RESERVATIONS -> "END_USER_SERVICE_REJECTED";
      case NOT_PRICED, BAD_QUANTITY, PRICED_PER_EVENT, UNKNOWN_RESERVATION -> "RATING_FAILED";
      case OPENED,
          PAID,
          PRICED,
          TRANSFERRED,
          STEPPED,
          OTHER_REQUEST,
          NO_BALANCE,
          IN_USE,
          FULL,
          UNKNOWN_SESSION,
          SESSION_ENDED,
          SESSION_NUMBER,
          UNKNOWN_BUCKET,
          BUCKET_TERMS,
          TOO_MANY_BUCKETS ->
          throw new IllegalStateException(
              outcome.name().toLowerCase(Locale.ROOT) + " is no rating group's");
    };
  }
}
