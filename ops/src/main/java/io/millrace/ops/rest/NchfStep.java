package io.millrace.ops.rest;

import io.millrace.connectors.shard.SessionUses;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.NchfConfig;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Step;
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
   * @param group null where it can't be rated
   * @param part which of the step's; −1 where it can't be rated
   */
  private record Entry(long number, @Nullable RatingGroup group, int part) {}

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
      for (Object each : usage) {
        if (each instanceof Map<?, ?> group) {
          if (!seen.add(RatingGroup.number(group))) {
            throw new Refusal(
                Refusal.Kind.MISUSE,
                Schema.BAD_MEMBER,
                "a rating group is there twice",
                "put all of a rating group into one of `multipleUnitUsage`");
          }
          add(group);
        }
      }
    }
  }

  private void add(Map<?, ?> said) throws Refusal {
    long group = RatingGroup.number(said);
    NchfConfig.Group terms = config.groups().get(group);
    RatingGroup rated = terms == null ? null : rated(group, terms, said);
    Long taken = rated == null ? null : rated.scaled(rated.used()).orElse(null);
    Long asked = rated == null ? null : rated.scaled(rated.asked()).orElse(null);
    if (rated != null && rated.used() == 0) {
      taken = 0L;
    }
    if (rated != null && rated.asked() == 0) {
      asked = 0L;
    }
    boolean countsAhead = rated != null && rated.reading().value() < 0 && kind != Step.Kind.EVENT;
    if (rated == null
        || taken == null
        || asked == null
        || !rated.fits()
        || countsAhead && asked > 0) {
      if (kind == Step.Kind.RELEASE && said.get("usedUnitContainer") != null) {
        throw new Refusal(
            Refusal.Kind.MISUSE,
            UNKNOWN_GROUP,
            "a rating group is told as used that can't be rated here",
            "leave it out, or have the operator name it in `nchf.rating-groups`");
      }
      entries.add(new Entry(group, null, -1));
      return;
    }
    boolean isEvent = kind == Step.Kind.EVENT;
    if (isEvent && taken > 0 && asked > 0) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          Schema.BAD_MEMBER,
          "an event asks for units and has used some",
          "send `requestedUnit` before it, or `usedUnitContainer` after it");
    }
    int part = parts.size();
    entries.add(new Entry(group, rated, part));
    parts.add(
        new Step.Part(
            group,
            AccountRequest.Use.NO_ROW,
            rated.reading().type(),
            rated.reading().value(),
            taken > 0,
            isEvent ? 0 : asked));
    if (taken > 0 || isEvent && asked > 0) {
      used.add(new SessionUses.Used(part, taken > 0 ? taken : asked, evidence(said)));
    }
  }

  private @Nullable RatingGroup rated(long group, NchfConfig.Group terms, Map<?, ?> said)
      throws Refusal {
    long used = RatingGroup.used(said, terms.measured());
    AccountDesk.Reading reading;
    try {
      reading = desk.reading(terms.meter());
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

  /** What was sent of a rating group, and by whom for what: the evidence of its charge. */
  private String evidence(Map<?, ?> said) {
    return Json.line(
        Json.object(
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

  /** What the network function is told. */
  Object told(AccountAnswer answer) {
    List<Object> groups = new ArrayList<>();
    for (Entry entry : entries) {
      groups.add(
          entry.group == null
              ? Json.object("ratingGroup", entry.number, "resultCode", "RATING_FAILED")
              : told(entry.group, answer.parts().get(entry.part), answer.until()));
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
          SESSION_NUMBER ->
          throw new IllegalStateException(
              outcome.name().toLowerCase(Locale.ROOT) + " is no rating group's");
    };
  }
}
