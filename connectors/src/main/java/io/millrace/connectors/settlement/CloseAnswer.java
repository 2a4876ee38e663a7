package io.millrace.connectors.settlement;

/** How far the close of a period is. Asking again is always safe and never does anything twice. */
public sealed interface CloseAnswer {

  /**
   * It was asked for; shards have still to close it in a commit of their own.
   *
   * @param shards how many
   */
  record Waiting(int shards) implements CloseAnswer {}

  /**
   * It is closed: its statements are made and queued for delivery.
   *
   * @param invoices how many customers got one
   * @param partnerStatements how many partners got one
   */
  record Closed(int invoices, int partnerStatements) implements CloseAnswer {}

  /**
   * It can't be closed.
   *
   * @param code stable, in the order in which they are looked at: {@code unknown-tenant}, {@code
   *     previous-open}, {@code not-asked}
   * @param message what is wrong and what to do
   */
  record Refused(String code, String message) implements CloseAnswer {}
}
