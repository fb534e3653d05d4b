namespace ActorStack.Actors.Serialization;

/// <summary>One section of a record as it stands in the envelope, not yet read.</summary>
/// <param name="Key">Names the component of a connection.</param>
/// <param name="Generation">1: the section as it was first written; a later one holds only what a later build added.</param>
/// <param name="IsRequired">A reader that does not know the section must refuse the record.</param>
/// <param name="Layout">Fingerprint of the fields: blobs carry no names.</param>
/// <param name="Blob">The serialized section.</param>
internal readonly record struct RecordSection(
    string Key, ushort Generation, bool IsRequired, uint Layout, ReadOnlyMemory<byte> Blob)
{
    /// <summary>As a line of the ledger names it.</summary>
    public string Name => $"{Key}/{Generation}";

    public override string ToString() => $"section '{Key}' generation {Generation}";
}
