using System.Globalization;
using System.Runtime.InteropServices;
using Hyperion;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// Reads and writes one flat type as a blob of Hyperion. The reader is filtered to exactly the types that a value consists of
/// (CVE-2021-29508), and reads only input that passed the grammar. The writer has no filter, because Hyperion compares a
/// filter's short names with assembly-qualified ones when it writes. Any number of threads may use it.
/// </summary>
internal sealed class HyperionBlob
{
    private readonly Type _type;
    private readonly BlobGrammar _grammar;
    private readonly Serializer _writer;
    private readonly Serializer _reader;

    /// <param name="knownTypes">
    /// The type and those of its fields that are not primitive. Hyperion writes their position, so the order is frozen for
    /// ever.
    /// </param>
    /// <param name="arrays">The arrays of references among the fields, whose names Hyperion writes.</param>
    public HyperionBlob(Type[] knownTypes, Type[] arrays)
    {
        _type = knownTypes[0];
        var filter = TypeFilterBuilder.Create();
        foreach (var type in knownTypes.Concat(arrays)) filter.Include(type);

        // Hyperion writes no names and sorts fields by name in the current culture.
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            _grammar = new BlobGrammar(knownTypes);
            _writer = Create(knownTypes, DisabledTypeFilter.Instance);
            _reader = Create(knownTypes, filter.Build());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>A fingerprint of the fields and their order.</summary>
    public uint Layout => _grammar.Layout;

    public void Write(object value, Stream stream) => _writer.Serialize(value, stream);

    /// <summary>Reads a value; throws only <see cref="FormatException"/>, for every invalid input.</summary>
    /// <param name="blob">The bytes that <see cref="Write"/> wrote.</param>
    /// <param name="layout">The fingerprint that is stored beside the blob.</param>
    public object Read(ReadOnlyMemory<byte> blob, uint layout)
    {
        if (layout != Layout)
            throw new FormatException(
                $"{_type.Name}: written with the fields in another order (globalization mode or build differ)");
        _grammar.Check(blob.Span);
        var array = MemoryMarshal.TryGetArray(blob, out var segment) ? segment : new ArraySegment<byte>(blob.ToArray());
        using var stream = new MemoryStream(array.Array!, array.Offset, array.Count, writable: false);
        try
        {
            return _reader.Deserialize(stream);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Hyperion throws exceptions of many types for bad input.
            throw new FormatException($"{_type.Name}: not readable at byte {stream.Position}: {error.Message}", error);
        }
    }

    private static Serializer Create(Type[] knownTypes, ITypeFilter filter) => new(new SerializerOptions(
        versionTolerance: false, preserveObjectReferences: false, surrogates: null, serializerFactories: null,
        knownTypes, ignoreISerializable: true, packageNameOverrides: null, disallowUnsafeTypes: true, filter));
}
