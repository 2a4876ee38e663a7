package io.millrace.ops.rest;

import io.millrace.connectors.tenant.AccountChanges;
import io.millrace.connectors.tenant.AccountChanges.Change;
import io.millrace.connectors.tenant.AccountChanges.Filter;
import io.millrace.connectors.tenant.AccountChanges.Place;
import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.Node;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What changed accounts with balances other than use, from their rows. */
final class HistoryHandlers {
  private final Node node;
  private final AccountDesk desk;

  HistoryHandlers(Node node, AccountDesk desk) {
    this.node = node;
    this.desk = desk;
  }

  Answer history(Call call) throws Exception {
    Customer customer = desk.customer(call.text("account"));
    int limit = call.number("limit");
    List<Change> changes =
        AccountChanges.last(
            node.database().pool(),
            node.tenant(),
            customer.id(),
            new Filter(
                call.optionalText("kind"),
                call.optionalText("bucket"),
                call.optionalTime("from"),
                call.optionalTime("to")),
            cursor(call.optionalText("cursor")),
            limit + 1);
    List<Change> page = changes.subList(0, Math.min(limit, changes.size()));
    return Answer.json(
        Json.object(
            "id", customer.id(),
            "name", customer.name(),
            "currency", customer.currency(),
            "changes", page.stream().map(c -> change(c, customer.scale())).toList(),
            "next", changes.size() > limit ? page.getLast().place().toString() : null));
  }

  private static @Nullable Place cursor(@Nullable String text) throws Refusal {
    return text == null
        ? null
        : Place.of(text)
            .orElseThrow(
                () ->
                    new Refusal(
                        Refusal.Kind.MISUSE,
                        "bad-cursor",
                        "the cursor is none of this list's",
                        "take the 'next' of the page before"));
  }

  private Map<String, Object> change(Change change, int scale) {
    if (!change.allowance().isEmpty()) {
      return UnitHandlers.change(change, node.rules());
    }
    return Json.object(
        "at", change.at(),
        "kind", change.kind(),
        "bucket", change.bucket().isEmpty() ? null : change.bucket(),
        "amount", Measures.decimal(change.amount(), scale),
        "reason", change.reason().isEmpty() ? null : change.reason());
  }
}
