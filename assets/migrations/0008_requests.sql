-- Asked at every sign-in, of workspaces with a hundred thousand requests: how many wait, and which
-- of one's own were decided since the last time.
CREATE INDEX tickets_pending_by ON tickets (requested_by, state) WHERE state = 'pending';
CREATE INDEX tickets_decided ON tickets (requested_by, decided_at) WHERE state <> 'pending';
