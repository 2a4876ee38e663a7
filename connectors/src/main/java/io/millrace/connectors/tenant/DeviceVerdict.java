package io.millrace.connectors.tenant;

import io.millrace.catalog.Offer;
import io.millrace.processors.rating.Rules;
import org.jspecify.annotations.Nullable;

/**
 * What became of a device that was to be taken in. Where several refusals apply, the first in this
 * order is given.
 */
public enum DeviceVerdict {
  /** It is in the directory since now. */
  CREATED("created", "the device is new", ""),
  /** The very same was there already. */
  KNOWN("known", "the device is known already", ""),
  /** The line is no device. */
  MALFORMED(
      "malformed",
      "the line is no device",
      "write subject, account, offer and from, and to where it ends, all of them strings"),
  /** The line is longer than any device. */
  TOO_LONG("too-long", "the line is longer than 4096 bytes", "shorten the names"),
  /** A name is empty, too long, or of characters that no name has. */
  BAD_NAME(
      "bad-name",
      "a name is empty, longer than 256 characters or has control characters",
      "write the subject as the device's events have it; name an account and an offer"),
  /** A time can't be read. */
  BAD_TIME("bad-time", "a time can't be read", "write times like 2026-11-01T00:00:00Z"),
  /** It would end before it begins. */
  NEVER_VALID("never-valid", "it does not end after it begins", "let `to` be later than `from`"),
  /** It begins before there are any prices. */
  TOO_EARLY(
      "too-early",
      "it begins before the first settlement period",
      "begin at the catalog's effective date or later: there are no prices before it"),
  /** The catalog has no such offer. */
  UNKNOWN_OFFER(
      "unknown-offer", "the catalog has no such offer", "use the name of one that it has"),
  /** The version of the catalog that holds then does not offer it. */
  NOT_SOLD(
      "not-sold",
      "the catalog does not offer it at that moment",
      "begin when a version that offers it holds, or use an offer of that time"),
  /** Its offer's devices share in groups, and it names none. */
  NO_GROUP(
      "no-group",
      "the offer's devices share in groups, and the line names none",
      "write `group`, a name of yours: devices of an account with the same one share"),
  /** It names a group, and its offer's devices don't share in groups. */
  GROUP_OF_NOTHING(
      "group-of-nothing",
      "the line names a group, and the offer's devices don't share in groups",
      "leave `group` empty, or name an offer of `scope: group`"),
  /** It begins when a known one of the same subject does, and differs from it. */
  OTHER_TERMS(
      "other-terms",
      "the subject has another account, offer or end from that moment on",
      "subscriptions are append-only: leave it, or begin at another moment"),
  /** The subject has a subscription at the same time. */
  OVERLAP(
      "overlap",
      "the subject has another subscription in that time",
      "begin when the other has ended; `devices show` tells when that is"),
  /** It would leave an account that has a balance, or whose devices share. */
  ROOTED(
      "leaves-balance",
      "the subject is on an account with a balance or shared use, which it must not leave",
      "let it end there, and begin on the other account after that"),
  /** Its account is to have a balance, and does not yet. */
  OPENING(
      "account-opening",
      "the account is to have a balance, and what opens it has not ended",
      "open it again: POST /v1/accounts"),
  /** Its offer's devices share, and its account has devices in several shards. */
  SPREAD(
      "account-spread",
      "the offer's devices share what they use, and the account had devices before any that share",
      "name an account whose first devices share, or that was opened before it had any"),
  /** It would go to another customer or offer at a moment that is over. */
  MOVE_IN_THE_PAST(
      "move-in-the-past",
      "the subject has a subscription then that can only end at a moment ahead",
      "begin at a moment ahead: what was used until now is charged already"),
  /** It was used after the moment at which it would go to another customer or offer. */
  USED_ALREADY(
      "used-already",
      "the subject has reported for a time after that moment already",
      "begin later: what is charged is not charged to another"),
  /** It goes to another customer or offer, on other terms, already. */
  MOVED_ALREADY(
      "moved-already",
      "the subject is on its way to another subscription",
      "`devices show` tells which; end that one instead"),
  /** The shard would not take it: a bug, told by the node's log. */
  REFUSED("refused", "the node could not take it in", "see the node's log, and report it");

  private final String code;
  private final String meaning;
  private final String next;

  DeviceVerdict(String code, String meaning, String next) {
    this.code = code;
    this.meaning = meaning;
    this.next = next;
  }

  /** Why a device of a known offer can't be in a group, or must be; null where all is well. */
  public static @Nullable DeviceVerdict ofGroup(Rules rules, Device device) {
    Offer.Scope scope = rules.offers().get(rules.offerIndex(device.offer())).last().offer().scope();
    return switch (scope) {
      case GROUP -> device.group().isEmpty() ? NO_GROUP : null;
      case DEVICE, ACCOUNT, EVENT -> device.group().isEmpty() ? null : GROUP_OF_NOTHING;
    };
  }

  /** Stable, kebab-case. */
  public String code() {
    return code;
  }

  /** One sentence. */
  public String meaning() {
    return meaning;
  }

  /** What to do about it; empty where there is nothing to do. */
  public String next() {
    return next;
  }

  /** Whether the device is not in the directory as it was sent. */
  public boolean isRefusal() {
    return ordinal() > KNOWN.ordinal();
  }
}
