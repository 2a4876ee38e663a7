package io.millrace.connectors.directory;

import java.util.Collection;

/**
 * A tenant's devices in memory. Any thread reads the {@link #view()}, which never changes; one
 * writer at a time puts a new one in its place, so a reader that keeps a view for a batch sees all
 * of a change or nothing of it. Adding copies the whole (66 bytes a device): add in bulk.
 */
public final class Directory {

  /** The subject is in no interval. */
  public static final int UNKNOWN = -1;

  /** The subject has subscriptions, none of them at that moment. */
  public static final int NOT_ACTIVE = -2;

  private volatile DirectoryView view = DirectoryView.EMPTY;

  /** What is known now. */
  public DirectoryView view() {
    return view;
  }

  /**
   * Adds intervals. One whose subscription is there already takes its place: so a subscription is
   * ended. Its subject never changes.
   *
   * @throws IllegalArgumentException where two subscriptions of a subject overlap; nothing is added
   *     then
   */
  public synchronized void add(Collection<Interval> intervals) {
    if (!intervals.isEmpty()) {
      view = view.with(intervals);
    }
  }

  /** Forgets what was known and takes these in its place. */
  public synchronized void replaceAll(Collection<Interval> intervals) {
    view = DirectoryView.EMPTY.with(intervals);
  }

  /** The subscription of a subject at a moment: {@link DirectoryView#lookup}. */
  public long lookup(byte[] subject, int from, int length, long at) {
    return view.lookup(subject, from, length, at);
  }
}
