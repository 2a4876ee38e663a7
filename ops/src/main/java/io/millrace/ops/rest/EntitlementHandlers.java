package io.millrace.ops.rest;

import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.Node;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Says which features devices have: from memory, once an account is known. */
public final class EntitlementHandlers {
  private final Node node;
  private final AccountDesk desk;

  /** Of a node. */
  public EntitlementHandlers(Node node, AccountDesk desk) {
    this.node = node;
    this.desk = desk;
  }

  /** The handlers by operation id, for callers that wait for an account to be looked up. */
  public Map<String, Call.Handler> all() {
    return Map.of("entitlement", call -> entitlement(call, desk.customer(call.text("account"))));
  }

  /** Those that wait for nothing, for accounts that are known. */
  public Map<String, Call.Later> known() {
    return Map.of("entitlement", this::ofKnown);
  }

  private CompletableFuture<Answer> ofKnown(Call call) throws Exception {
    String name = call.text("account");
    Customer known = desk.known(name).orElse(null);
    return known == null
        ? LookedUp.first(
            () -> CompletableFuture.completedFuture(entitlement(call, desk.customer(name))))
        : CompletableFuture.completedFuture(entitlement(call, known));
  }

  private Answer entitlement(Call call, Customer customer) throws Exception {
    String feature = call.text("feature");
    String subject = call.text("device");
    AccountDesk.DeviceNow device = desk.device(subject);
    int shard = desk.shardOf(customer.id());
    OptionalLong until =
        node.entitled().unlockedUntil(shard, customer.id(), device.subscription(), feature);
    if (until.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE,
          "moved",
          "another node has the account now",
          "ask again, or ask that node");
    }
    if (until.getAsLong() == 0 && !node.rules().catalog().features().containsKey(feature)) {
      throw new Refusal(
          Refusal.Kind.UNKNOWN,
          "unknown-feature",
          "the catalog has no feature of that name",
          "name one that stands under `features`");
    }
    return Answer.json(
        Json.object(
            "account",
            customer.name(),
            "device",
            subject,
            "feature",
            feature,
            "unlocked",
            until.getAsLong() != 0,
            "until",
            until.getAsLong() == 0 ? null : Instant.ofEpochMilli(until.getAsLong())));
  }
}
