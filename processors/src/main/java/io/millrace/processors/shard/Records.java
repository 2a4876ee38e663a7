package io.millrace.processors.shard;

import java.util.Arrays;

/**
 * Records of some {@code long}s each, in the order in which they came, in pages of them: what is
 * kept for hours has nothing for the collector to copy or to follow. One comes behind the last; the
 * first goes, and is there to be put back until {@link #accept}. A record has a number, one more
 * than the one before it, for as long as it is there.
 */
final class Records {
  private static final int SHIFT = 8;

  /** Records of a page: some 30 KB of them, far from what the collector would call large. */
  static final int OF_PAGE = 1 << SHIFT;

  private static final int FEWEST_PAGES = 4;
  private static final long[] NONE = {};

  private final int width;
  private long[][] pages = pages(FEWEST_PAGES); // By their number's lowest bits.
  private long[] spare = NONE; // As many come as go, in the long run.
  private long firstPage;
  private long first;
  private long end;

  /**
   * None.
   *
   * @param width the numbers of a record
   */
  Records(int width) {
    this(width, 0);
  }

  /**
   * None.
   *
   * @param from the number of the first record to come
   */
  Records(int width, long from) {
    this.width = width;
    this.first = from;
    this.end = from;
    this.firstPage = from >>> SHIFT;
  }

  private static long[][] pages(int count) {
    long[][] pages = new long[count][];
    Arrays.fill(pages, NONE);
    return pages;
  }

  int size() {
    return (int) (end - first);
  }

  boolean isEmpty() {
    return end == first;
  }

  /** The number of the first record; of the next one to come, where there is none. */
  long first() {
    return first;
  }

  /** The number after that of the last record. */
  long end() {
    return end;
  }

  long get(long record, int field) {
    assert record >= first && record < end : "record " + record + " of " + first + " to " + end;
    return pages[page(record)][at(record) + field];
  }

  void set(long record, int field, long value) {
    assert record >= first && record < end : "record " + record + " of " + first + " to " + end;
    pages[page(record)][at(record) + field] = value;
  }

  /** Sets a field that holds two numbers. */
  void set(long record, int field, int high, int low) {
    set(record, field, (long) high << 32 | low & 0xFFFF_FFFFL);
  }

  int high(long record, int field) {
    return (int) (get(record, field) >> 32);
  }

  int low(long record, int field) {
    return (int) get(record, field);
  }

  /** Adds a record, to be written in full, and gives its number. */
  long add() {
    if ((end >>> SHIFT) - firstPage == pages.length) {
      grow();
    }
    int page = page(end);
    if (pages[page].length == 0) {
      pages[page] = spare.length == 0 ? new long[width * OF_PAGE] : spare;
      spare = NONE;
    }
    return end++;
  }

  /** Takes the last one back. */
  void removeLast() {
    assert end > first : "there is none";
    end--;
  }

  void removeFirst() {
    assert end > first : "there is none";
    first++;
  }

  /** Puts back the one that was removed last from before the first. */
  void restoreFirst() {
    first--;
    assert first >>> SHIFT >= firstPage : "what was accepted is taken back";
  }

  /** What has been removed is not put back any more. */
  void accept() {
    for (; firstPage < first >>> SHIFT; firstPage++) {
      int page = page(firstPage << SHIFT);
      spare = pages[page];
      pages[page] = NONE;
    }
  }

  private int page(long record) {
    return (int) (record >>> SHIFT) & (pages.length - 1);
  }

  private int at(long record) {
    return (int) (record & (OF_PAGE - 1)) * width;
  }

  private void grow() {
    long[][] old = pages;
    pages = pages(2 * old.length);
    for (long page = firstPage; page < firstPage + old.length; page++) {
      pages[page(page << SHIFT)] = old[(int) page & (old.length - 1)];
    }
  }
}
