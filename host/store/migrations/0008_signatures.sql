-- Who vouches for a component is asked again when a version of it is to decide: keys come and go.
ALTER TABLE component ADD COLUMN signature TEXT;
