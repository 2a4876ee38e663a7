-- How much of each source waits in suspense, which is bounded; see ops/decisions/0073.
create index suspense_open_source on suspense (tenant, source) where state = 'open';
