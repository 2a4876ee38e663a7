package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Fence;
import io.millrace.connectors.shard.Store.Part;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A shard's part of a commit that is not made yet. */
record Applied(Owned owned, Section section, Effects effects) {

  /**
   * What a commit of some shards writes.
   *
   * @param rules their version
   * @param parts by ascending shard
   */
  static Store.Write write(
      JournalCodec codec,
      int tenant,
      long number,
      int rules,
      Collection<Applied> parts,
      UsageBatch usage) {
    List<Section> sections = parts.stream().map(Applied::section).toList();
    Encoded encoded = codec.encode(new Commit(tenant, number, rules, sections, usage));
    List<Fence> fences = new ArrayList<>();
    List<Part> written = new ArrayList<>();
    for (Applied a : parts) {
      Section s = a.section;
      byte[] chain = JournalCodec.chain(a.owned.chain, s.shard(), s.seq(), encoded.digest());
      fences.add(new Fence(s.shard(), s.epoch(), s.seq(), chain, a.effects.closed));
      written.add(new Part(s.shard(), s.seq(), s.time(), a.effects));
    }
    return new Store.Write(number, rules, fences, encoded, written);
  }
}
