namespace ActorStack.Actors.Serialization;

/// <summary>Reads and writes one flat type by Hyperion, alone in an envelope. Any number of threads may use it.</summary>
/// <param name="version">The version that stands in the envelope.</param>
/// <param name="knownTypes">As in <see cref="HyperionBlob"/>, and frozen for a version.</param>
/// <param name="arrays">As in <see cref="HyperionBlob"/>.</param>
internal sealed class HyperionFormat(ushort version, Type[] knownTypes, Type[] arrays)
{
    private readonly HyperionBlob _blob = new(knownTypes, arrays);

    public byte[] Write(object value, long epoch)
    {
        using var stream = new MemoryStream();
        stream.SetLength(Envelope.HeaderLength);
        stream.Position = Envelope.HeaderLength;
        _blob.Write(value, stream);
        var bytes = stream.ToArray();
        new Envelope(version, epoch, _blob.Layout).Seal(bytes);
        return bytes;
    }

    /// <summary>Reads a value; throws only <see cref="FormatException"/>, for every invalid input.</summary>
    public object Read(ReadOnlyMemory<byte> bytes, out long epoch)
    {
        var envelope = Envelope.Open(bytes.Span);
        epoch = envelope.Epoch;
        if (envelope.Version != version)
            throw new FormatException($"{knownTypes[0].Name}: schema version is {envelope.Version}, this build reads {version}");
        return _blob.Read(bytes[Envelope.HeaderLength..], envelope.Layout);
    }
}
