-- The Primary Contact out of the settings, so that a filter by owner need not read them all.
ALTER TABLE apps ADD COLUMN contact TEXT;
UPDATE apps SET contact = json_extract(spec, '$.properties.primary_contact');
CREATE INDEX app_tags_by_tag ON app_tags (tag, app_id);
