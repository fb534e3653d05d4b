namespace ActorStack.Actors.Serialization;

/// <summary>One section of a record as the envelope stores it, before it is decoded.</summary>
/// <param name="Key">Names the component of a connection.</param>
/// <param name="Generation">1: the section as it was first released; a later generation holds only the fields that a later
/// build added.</param>
/// <param name="IsRequired">A reader that does not know the section must refuse the record.</param>
/// <param name="Layout">The fingerprint of the fields, because blobs carry no names.</param>
/// <param name="Blob">The serialized section.</param>
internal readonly record struct RecordSection(
    string Key, ushort Generation, bool IsRequired, uint Layout, ReadOnlyMemory<byte> Blob)
{
    /// <summary>The name in a line of the ledger.</summary>
    public string Name => $"{Key}/{Generation}";

    public override string ToString() => $"section '{Key}' generation {Generation}";
}
