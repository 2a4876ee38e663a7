package io.millrace.ops.demo.manifest;

import java.math.BigDecimal;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run comes to: once as the manifest expects it, once as the gateway's database and the ERP
 * tell it.
 *
 * @param received events taken in, each once for every time it arrived
 * @param charged events that were charged
 * @param duplicates events that had been seen before
 * @param suspended events in suspense by reason code; reasons without any are absent
 * @param energyMilliwattHours the energy of all charged events
 * @param leases how many daily leases were charged
 * @param rightLamps lamps whose energy and charges are the manifest's in every period
 * @param books ascending by period
 * @param erp totals of the journal entries in the ERP, by {@link #erpKey}
 */
public record Figures(
    long received,
    long charged,
    long duplicates,
    SortedMap<String, Long> suspended,
    long energyMilliwattHours,
    long leases,
    int rightLamps,
    List<Books> books,
    SortedMap<String, BigDecimal> erp) {

  public Figures {
    suspended = new TreeMap<>(suspended);
    books = List.copyOf(books);
    erp = new TreeMap<>(erp);
  }

  /** The name of a journal entry's total in {@link #erp}. */
  public static String erpKey(int period, String account) {
    return period + " " + account;
  }

  /** What the ERP holds when each invoice and statement reached it once. */
  public static SortedMap<String, BigDecimal> erpOf(List<Books> books) {
    SortedMap<String, BigDecimal> totals = new TreeMap<>();
    for (Books b : books) {
      totals.put(erpKey(b.period(), b.invoice().account()), b.invoice().total());
      b.partners().forEach(p -> totals.put(erpKey(b.period(), p.account()), p.total()));
    }
    return totals;
  }

  /** Events in suspense, whatever the reason. */
  public long suspendedInAll() {
    return suspended.values().stream().mapToLong(Long::longValue).sum();
  }
}
