using ActorStack.Transport.State;

namespace ActorStack.Actors.Serialization;

/// <summary>A section that this build knows: its key and generation, and its frozen type.</summary>
/// <param name="key">Names the component of a connection.</param>
/// <param name="generation">1: the section as it was first written; a later one holds only what a later build added.</param>
/// <param name="isRequired">A connection cannot continue without the section: it is always written, and no reader may skip
/// it.</param>
/// <param name="blob">The format of the frozen type.</param>
/// <param name="get">Takes the section from the record.</param>
/// <param name="set">Returns the record with this section in place of its default.</param>
internal sealed class StateSection(
    string key, ushort generation, bool isRequired, HyperionBlob blob, Func<TcpConnectionState, object> get,
    Func<TcpConnectionState, object, TcpConnectionState> set)
{
    public string Key => key;

    public ushort Generation => generation;

    public bool IsRequired => isRequired;

    public uint Layout => blob.Layout;

    /// <summary>The name in a line of the ledger.</summary>
    public string Name => $"{key}/{generation}";

    public static StateSection Of<T>(
        string key, ushort generation, bool isRequired, Func<TcpConnectionState, T> get,
        Func<TcpConnectionState, T, TcpConnectionState> set, params Type[] enumerations)
        where T : class =>
        new(
            key, generation, isRequired, new HyperionBlob([typeof(T), .. enumerations], []), get,
            (state, section) => set(state, (T)section));

    public override string ToString() => new RecordSection(key, generation, isRequired, blob.Layout, default).ToString();

    public void Write(TcpConnectionState state, MemoryStream stream) => SectionTable.Write(
        stream, new RecordSection(key, generation, isRequired, blob.Layout, default), target => blob.Write(get(state), target));

    /// <exception cref="FormatException">Names the section and the field that are wrong.</exception>
    public TcpConnectionState Read(TcpConnectionState state, in RecordSection section)
    {
        try
        {
            return set(state, blob.Read(section.Blob, section.Layout));
        }
        catch (FormatException error)
        {
            throw new FormatException($"{section}: {error.Message}", error);
        }
    }
}
