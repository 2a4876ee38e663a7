package io.millrace.tests.simulation;

import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.Store;
import io.millrace.processors.rating.Rules;

/**
 * Bugs planted from outside: in what the database does, in what is written to it or read from it,
 * or in what a node's host does. The code under test stays as it is.
 */
enum Planted {
  NONE,
  /** The database lets every owner write, whatever its epoch. */
  NO_FENCE,
  /** Checkpoints of owners that lost their shard are stored. */
  NO_FENCE_FOR_CHECKPOINTS,
  /** The database lets nodes commit under the rules from before an activation. */
  NO_RULES_FENCE,
  /** A kill in the middle of an activation leaves some shards under the rules before. */
  ACTIVATION_TORN,
  /** A failed commit leaves the state as if it had been made. */
  NO_UNDO,
  /** Sources are told before the commit. */
  ACKNOWLEDGE_BEFORE_COMMIT,
  /** Sources are told of events whose shard has moved away. */
  ACKNOWLEDGE_WHAT_MOVED,
  /** A source numbers what it sends again anew. */
  REDELIVERED_UNDER_NEW_ID,
  /** A lost answer is taken for a failure. */
  UNKNOWN_IS_FAILED,
  /** A lost answer is taken for a success. */
  UNKNOWN_IS_COMMITTED,
  /** A checkpoint's head is written, and the body of the one before stays. */
  TORN_CHECKPOINT,
  /** Dedupe windows are empty after a recovery. */
  WINDOWS_NOT_RESTORED,
  /** Counts of a source are empty after a recovery. */
  COUNTS_NOT_RESTORED,
  /** A recovery misses a row of the journal. */
  JOURNAL_ROW_SKIPPED,
  /** The commit number stands still. */
  NUMBER_USED_TWICE,
  /** A begun day is charged twice. */
  LEASE_TWICE,
  /** A begun day is not charged. */
  LEASE_LOST,
  /** Each charge is rounded by itself. */
  ROUNDED_PER_CHARGE,
  /** Each entry is shared by itself, what is left goes to the first. */
  SHARED_PER_ENTRY,
  /** A posting is one unit off, and its counterpart as well. */
  POSTING_OFF,
  /** A posting is one unit off: the entry does not balance. */
  ENTRY_UNBALANCED,
  /** A charge row is lost. */
  CHARGE_LOST,
  /** A suspense row is lost. */
  SUSPENSE_LOST,
  /** A recycled event's suspense row stays open. */
  SUSPENSE_NOT_ENDED,
  /** A subscription row is lost. */
  SUBSCRIPTION_LOST,
  /** A device's windows stay behind. */
  WINDOWS_NOT_MOVED,
  /** A device's events are handed in before it has arrived. */
  EVENTS_BEFORE_WINDOWS,
  /** A message is applied once more under another number. */
  MESSAGE_TWICE,
  /** A message is not written. */
  MESSAGE_LOST,
  /** What belongs to a closed period is booked to it all the same. */
  LATE_BOOKED_TO_CLOSED,
  /** A node's clock is believed whatever it says. */
  NO_CLOCK_GUARD,
  /** What is due runs while the clock is not believed. */
  TICKS_WHILE_STOPPED,
  /** A restart makes a node believe its clock again. */
  STOP_FORGOTTEN,
  /** Who shares with whom is forgotten in a recovery. */
  MEMBERS_NOT_RESTORED,
  /** What was drawn on allowances is forgotten in a recovery. */
  DRAWS_NOT_RESTORED,
  /** What a sponsor has paid of a period is forgotten in a recovery. */
  SPONSORED_NOT_RESTORED,
  /** What sponsors elsewhere have lent is forgotten in a recovery. */
  SLICES_NOT_RESTORED,
  /** A commit that failed takes what was lent with it. */
  SLICE_LOST_ON_UNDO,
  /** A slice never arrives. */
  SLICE_LOST,
  /** What was not used of a slice comes back twice. */
  SLICE_BACK_TWICE,
  /** A slice is worth a unit more than what was lent. */
  SLICE_GROWN,
  /** What is paid in counts though its commit failed. */
  PAID_BEFORE_COMMIT,
  /** What was drawn on units that were bought is forgotten in a recovery: it is drawn again. */
  UNITS_NOT_RESTORED,
  /** The ledger of units lacks a line. */
  UNIT_POSTING_LOST,
  /** A sponsor pays more than it has. */
  BALANCE_IGNORED(", within: balance", ""),
  /**
   * A sponsor that has all that it is asked for pays less than it must, and all the rest adds up.
   */
  PAYS_TOO_LITTLE("up-to: 0.2, within: balance", "up-to: 0.1999999, within: balance"),
  /** A sponsor of all that a device comes to pays more than its bound. */
  OFFER_BOUND_OFF("account: council, up-to: 5}", "account: council, up-to: 5.0000001}"),
  /** What another is to pay of an offer stays with the customer. */
  OFFER_NOT_PAID("    paid-by: \\{account: council.*\n", ""),
  /** A second catalog's price of flow is the one before. */
  FLOW_AS_BEFORE("to: 0.4, per-unit: 0.0041", "to: 0.4, per-unit: 0.0040001"),
  /** A second catalog includes what the one before did. */
  INCLUDED_AS_BEFORE("included: 0.7,", "included: 0.4,"),
  /** A charge goes on under the catalog that leaves it out. */
  CHARGE_STAYS(
      "(      survey: .*\n)", "      visit: {meter: reports, per-unit: 0.00007, unit: each}\n$1"),
  /** A charge that a catalog brings is overlooked. */
  CHARGE_NOT_COME("      survey: .*\n", ""),
  /** A sponsor pays more than its bound. */
  BOUND_OFF("up-to: 0.2(,|})", "up-to: 0.2000001$1"),
  /** A new price begins anew in place of going on from what was used before. */
  BEGUN_ANEW("tiers: carry-on", "tiers: start-anew"),
  /** What another account is to pay stays with the customer. */
  NOBODY_PAYS(", paid-by: city", ""),
  /** Events that are each priced by themselves go up the tiers together. */
  TOGETHER("scope: event", "scope: device"),
  /** Later periods draw more of a period's allowance than they may. */
  MOST_IGNORED(", most: 0.5}", ", most: 0.6}"),
  /** An allowance that is there once ends a day early. */
  ENDS_EARLY("valid-for: 48h", "valid-for: 24h"),
  /** A band asks for no zone. */
  ZONE_IGNORED("when: \\{data.zone: hill\\}, ", ""),
  /** A level counts on in silence. */
  HOLDS_ON("holds-for: PT(\\d+)M", "holds-for: PT1379M"),
  /** A meter of a bundle counts for a little more. */
  CREDITS_OFF("energy: 0.001", "energy: 0.002"),
  /** A party gets a little less for each unit. */
  UNIT_SHARE_OFF("per-unit: 0.00003}", "per-unit: 0.000029}"),
  /** What ends early is paid in full. */
  NOT_PRORATED(", prorate: (second|day)", "");

  private final String words;
  private final String others;

  Planted() {
    this("", "");
  }

  Planted(String words, String others) {
    this.words = words;
    this.others = others;
  }

  /** A catalog as it is read, with some words misread. */
  String read(String text) {
    return words.isEmpty() ? text : text.replaceAll(words, others);
  }

  Store around(SimulatedStore truth, Rules rules) {
    truth.fenced = this != NO_FENCE;
    truth.rulesFenced = this != NO_RULES_FENCE;
    truth.activatesAll = this != ACTIVATION_TORN;
    truth.fencedCheckpoints = this != NO_FENCE_FOR_CHECKPOINTS;
    return this == NONE ? truth : new PlantedStore(truth, this, rules);
  }

  static void started(Store store, NodeShards node) {
    if (store instanceof PlantedStore planted) {
      planted.nodes.add(node);
    }
  }

  /** The id that an event's source gives it. */
  long idOf(Message m) {
    return this == REDELIVERED_UNDER_NEW_ID && m.deliveries > 1 ? m.id + 1_000_000 : m.id;
  }
}
