package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Commit} as the bytes of its journal row, and back: exact, whatever the raw bytes are.
 * The same commit always makes the same bytes.
 *
 * <p>Both streams are columns over all sections (see {@link ColumnWriter}); raw events of one shape
 * are kept as that shape and their digits (see {@link Skeleton}). Reading throws {@link
 * JournalDamaged} for whatever this version can't have written; no length is believed before it is
 * checked against a bound. Not thread-safe: one owner, which closes it.
 */
public final class JournalCodec implements AutoCloseable {

  /** Rows of usage in a commit. */
  public static final int MAX_ROWS = 1 << 17;

  /** Readings in a commit. */
  public static final int MAX_VALUES = 1 << 20;

  /** Commands in a commit. */
  public static final int MAX_COMMANDS = 1 << 20;

  /** Raw bytes of usage in a commit; the same for the raw bytes of its commands. */
  public static final int MAX_RAW_BYTES = 1 << 26;

  /** The level that measured best: higher ones find nothing more in planes of noise. */
  public static final int DEFAULT_LEVEL = 1;

  private static final int VERSION = 1;
  private static final ByteWriter NONE = new ByteWriter();

  private final ColumnWriter columns;
  private final RatingWriter ratingWriter;
  private final EvidenceWriter evidenceWriter;
  private final ColumnReader readColumns = new ColumnReader();
  private final RatingReader ratingReader = new RatingReader(readColumns);
  private final EvidenceReader evidenceReader = new EvidenceReader(readColumns);
  private final ByteWriter rating = new ByteWriter(1 << 16);
  private final ByteWriter evidence = new ByteWriter(1 << 16);
  private final ByteWriter commands = new ByteWriter();
  private final ByteWriter commandEvidence = new ByteWriter();
  private final UsageBatch picked = new UsageBatch(1);
  private boolean pickRaw;
  private long[] rowValues = new long[16];

  /** One that compresses at {@link #DEFAULT_LEVEL}. */
  public JournalCodec() {
    this(DEFAULT_LEVEL);
  }

  /**
   * One that compresses harder or faster.
   *
   * @param level of zstd
   */
  public JournalCodec(int level) {
    columns = new ColumnWriter(level);
    ratingWriter = new RatingWriter(columns);
    evidenceWriter = new EvidenceWriter(columns);
  }

  /**
   * A commit's bytes.
   *
   * @throws IllegalArgumentException where it is over one of the bounds above
   */
  public Encoded encode(Commit commit) {
    UsageBatch usage = commit.usage();
    checkSize("rows", usage.size(), MAX_ROWS);
    checkSize("values", usage.valueFrom[usage.size()], MAX_VALUES);
    checkSize("raw bytes", usage.rawSize(), MAX_RAW_BYTES);
    commands.clear();
    commandEvidence.clear();
    int count = 0;
    for (Section section : commit.sections()) {
      count += section.commands().size();
      checkSize("commands", count, MAX_COMMANDS);
      for (Command command : section.commands()) {
        CommandCodec.write(command, commands, commandEvidence);
        checkSize("bytes of commands", commandEvidence.size(), MAX_RAW_BYTES);
      }
    }
    rating.clear();
    rating.u8(VERSION);
    ratingWriter.write(rating, commit.sections(), usage);
    columns.block(rating, commands.array(), commands.size());
    evidence.clear();
    evidence.u8(VERSION);
    columns.block(evidence, commandEvidence.array(), commandEvidence.size());
    evidenceWriter.write(evidence, usage);

    byte[] ratingBytes = rating.toByteArray();
    byte[] evidenceBytes = evidence.toByteArray();
    byte[] evidenceHash = hash(evidenceBytes);
    return new Encoded(
        ratingBytes,
        evidenceBytes,
        evidenceHash,
        digest(commit.number(), commit.tenant(), commit.rules(), ratingBytes, evidenceHash));
  }

  /**
   * The commit of a journal row. Without its evidence, raw bytes and hashes of what was suspended
   * are empty and so are the names of devices.
   *
   * @throws JournalDamaged where the bytes are not those of a commit
   */
  public Commit decode(
      int tenant, long number, int rules, byte[] rating, byte @Nullable [] evidence) {
    return undamaged(number, () -> commit(tenant, number, rules, rating, evidence));
  }

  /**
   * A shard's part in a commit.
   *
   * @param shard its number
   * @param seq the commit's number in the shard
   */
  public record Link(int shard, long seq) {}

  /**
   * Which shards took part in a commit, without reading what they did.
   *
   * @throws JournalDamaged where the bytes are not those of a commit
   */
  public List<Link> links(long number, byte[] rating) {
    return undamaged(
        number,
        () -> {
          ratingReader.readHeads(open(rating));
          List<Link> links = new ArrayList<>(ratingReader.sections);
          for (int s = 0; s < ratingReader.sections; s++) {
            int shard = Math.toIntExact(ratingReader.sectionShard[s]);
            links.add(new Link(shard, ratingReader.sectionSeq[s]));
          }
          return links;
        });
  }

  /**
   * Opens a journal row of which a few rows of usage are wanted.
   *
   * @return how many it has; each can be {@link #pick}ed until something else is read
   * @throws JournalDamaged where the bytes are not those of a commit
   */
  public int open(long number, byte[] rating, byte @Nullable [] evidence) {
    return undamaged(
        number,
        () -> {
          ratingReader.read(open(rating));
          if (evidence != null) {
            ByteReader in = open(evidence);
            readColumns.block(in, MAX_RAW_BYTES);
            evidenceReader.read(in, ratingReader);
          }
          pickRaw = evidence != null;
          return ratingReader.rows;
        });
  }

  /**
   * One row of usage of the journal row that was opened last.
   *
   * @param row its index in the commit's usage
   * @return the one row, without raw bytes where the evidence was not there; good until the next
   *     call
   * @throws JournalDamaged where the bytes are not those of a commit
   */
  public UsageBatch pick(long number, int row) {
    return undamaged(
        number,
        () -> {
          picked.clear();
          add(row, pickRaw, picked);
          return picked;
        });
  }

  /**
   * When a row of the journal row that was opened last was committed.
   *
   * @return the shard's time, milliseconds since 1970-01-01 UTC
   * @throws JournalDamaged where no shard's part has the row
   */
  public long timeOf(long number, int row) {
    return undamaged(
        number,
        () -> {
          for (int s = 0; s < ratingReader.sections; s++) {
            if (row >= ratingReader.usageFrom[s] && row < ratingReader.usageTo[s]) {
              return ratingReader.sectionTime[s];
            }
          }
          throw new IllegalArgumentException("no shard has row " + row);
        });
  }

  @Override
  public void close() {
    columns.close();
    readColumns.close();
  }

  /** SHA-256 of a row's evidence. */
  public static byte[] hash(byte[] evidence) {
    return sha256().digest(evidence);
  }

  /**
   * What {@link Encoded#digest} is made of: the row's identity, its rating, its evidence by hash.
   */
  public static byte[] digest(
      long number, int tenant, int rules, byte[] rating, byte[] evidenceHash) {
    ByteWriter head = new ByteWriter(16);
    head.fixed64(number);
    head.fixed32(tenant);
    head.fixed32(rules);
    MessageDigest sha = sha256();
    sha.update(head.array(), 0, head.size());
    sha.update(rating);
    sha.update(evidenceHash);
    return sha.digest();
  }

  /**
   * A shard's next link: SHA-256 of the one before, the shard, this commit's seq in it and the
   * commit's digest.
   */
  public static byte[] chain(byte[] previous, int shard, long seq, byte[] digest) {
    ByteWriter link = new ByteWriter(128);
    link.bytes(previous);
    link.fixed32(shard);
    link.fixed64(seq);
    link.bytes(digest);
    MessageDigest sha = sha256();
    sha.update(link.array(), 0, link.size());
    return sha.digest();
  }

  private Commit commit(
      int tenant, long number, int rules, byte[] rating, byte @Nullable [] evidence) {
    ByteReader in = open(rating);
    ratingReader.read(in);
    ByteReader commandBytes = new ByteReader(readColumns.block(in, MAX_RAW_BYTES));
    end(in);
    ByteReader evidenceIn = evidence == null ? null : open(evidence);
    ByteReader commandEvidenceBytes = null;
    if (evidenceIn != null) {
      commandEvidenceBytes = new ByteReader(readColumns.block(evidenceIn, MAX_RAW_BYTES));
      evidenceReader.read(evidenceIn, ratingReader);
      end(evidenceIn);
    }
    List<Section> sections = sections(commandBytes, commandEvidenceBytes);
    end(commandBytes);
    if (commandEvidenceBytes != null) {
      end(commandEvidenceBytes);
    }
    return new Commit(tenant, number, rules, sections, usage(evidence != null));
  }

  private List<Section> sections(ByteReader commandBytes, @Nullable ByteReader commandEvidence) {
    RatingReader r = ratingReader;
    List<Section> sections = new ArrayList<>(r.sections);
    int all = 0;
    for (int s = 0; s < r.sections; s++) {
      int count = Math.toIntExact(r.sectionCommands[s]);
      if (count < 0 || count > MAX_COMMANDS - all) {
        throw new IllegalArgumentException("section " + s + " with " + count + " commands");
      }
      all += count;
      List<Command> list = new ArrayList<>();
      for (int c = 0; c < count; c++) {
        list.add(CommandCodec.read(commandBytes, commandEvidence));
      }
      sections.add(
          new Section(
              Math.toIntExact(r.sectionShard[s]),
              Math.toIntExact(r.sectionEpoch[s]),
              r.sectionSeq[s],
              r.sectionTime[s],
              Math.toIntExact(r.sectionDueLimit[s]),
              list,
              r.usageFrom[s],
              r.usageTo[s]));
    }
    return sections;
  }

  private UsageBatch usage(boolean withRaw) {
    UsageBatch usage = new UsageBatch(ratingReader.rows);
    for (int row = 0; row < ratingReader.rows; row++) {
      add(row, withRaw, usage);
    }
    return usage;
  }

  private void add(int row, boolean withRaw, UsageBatch usage) {
    RatingReader r = ratingReader;
    int from = r.valueFrom[row];
    int count = r.valueFrom[row + 1] - from;
    if (count > rowValues.length) {
      rowValues = new long[count * 2];
    }
    System.arraycopy(r.values, from, rowValues, 0, count);
    ByteWriter raw = withRaw ? evidenceReader.event(row) : NONE;
    if (raw.size() > MAX_RAW_BYTES - usage.rawSize()) {
      throw new IllegalArgumentException("over " + MAX_RAW_BYTES + " raw bytes");
    }
    usage.add(
        Math.toIntExact(r.shard[row]),
        r.subscription[row],
        Math.toIntExact(r.source[row]),
        r.eventId[row],
        r.numbered[row],
        r.occurredAt[row],
        r.receivedAt[row],
        Math.toIntExact(r.type[row]),
        rowValues,
        count,
        raw.array(),
        0,
        raw.size());
  }

  private static ByteReader open(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new IllegalArgumentException("format " + version + " is not known, " + VERSION + " is");
    }
    return in;
  }

  private static void end(ByteReader in) {
    if (in.remaining() > 0) {
      throw new IllegalArgumentException(in.remaining() + " bytes behind the end");
    }
  }

  private static void checkSize(String what, int size, int limit) {
    if (size > limit) {
      throw new IllegalArgumentException(size + " " + what + " in a commit: at most " + limit);
    }
  }

  /** Damage shows as an index, a length or a frame that can't be: all of it means the same. */
  private static <T> T undamaged(long number, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException e) {
      throw new JournalDamaged("journal row " + number + ": " + e.getMessage(), e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
