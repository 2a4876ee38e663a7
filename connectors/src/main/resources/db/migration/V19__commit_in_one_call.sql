-- The fences and the journal row of a commit in one call: a commit that writes nothing else is one
-- round trip, and each shard's row is found by its key whatever the table has grown to. Fences are
-- locked in their order, which is that of the shards' numbers everywhere. Where one does not hold,
-- none does.
create function begin_commit(
  of_tenant int, of_rules int, shards smallint[], epochs int[], seqs bigint[], chains bytea[],
  closes int[], commit_number bigint, commit_rating bytea, commit_evidence bytea,
  commit_evidence_hash bytea, commit_digest bytea, out next_number bigint, out closings int[])
language plpgsql set enable_seqscan = off as $$
declare
  asked int;
  lost int[] := '{}';
begin
  closings := '{}';
  for i in 1 .. cardinality(shards) loop
    update shard s set seq = seqs[i], chain = chains[i], closed = greatest(s.closed, closes[i])
    where s.tenant = of_tenant and s.number = shards[i] and s.epoch = epochs[i]
      and s.seq = seqs[i] - 1 and s.rules = of_rules
    returning s.closing into asked;
    if found then
      closings := closings || asked;
    else
      lost := lost || shards[i]::int;
    end if;
  end loop;
  if cardinality(lost) > 0 then
    raise exception '%', array_to_string(lost, ',') using errcode = 'MF001';
  end if;
  insert into journal (tenant, number, rules, rating, evidence, evidence_hash, digest)
  values (of_tenant, commit_number, of_rules, commit_rating, commit_evidence,
    commit_evidence_hash, commit_digest);
  next_number := nextval('commit_number');
end $$;
