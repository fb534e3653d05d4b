using System.Reflection;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;

namespace ActorStack.Fuzz.Records;

/// <summary>Changes of a record of this version: of fields, and of the table that its sections stand in.</summary>
internal static class SectionChanges
{
    private static readonly (byte Number, PropertyInfo Section, PropertyInfo Field)[] Fields =
    [
        .. from section in typeof(TcpConnectionState).GetProperties()
           where section.CanWrite
           from field in section.PropertyType.GetProperties()
           where field.CanWrite
           let number = FieldChanges.NumberOf($"{section.Name}.{field.Name}")
           orderby number, field.Name
           select (number, section, field),
    ];

    private static readonly MethodInfo Clone = typeof(object)
        .GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    public static TcpConnectionState ApplyToFields(TcpConnectionState real, FuzzInput input)
    {
        var state = real with { };
        while (!input.IsEmpty)
        {
            var number = input.Byte();
            var (_, section, field) = Fields.FirstOrDefault(entry => entry.Number >= number, Fields[0]);
            var changed = Clone.Invoke(section.GetValue(state), null)!;
            FieldChanges.Change(changed, field, input);
            section.SetValue(state, changed);
        }

        return state;
    }

    /// <summary>Sections left out, doubled, given another name, generation, flag or layout, or the bytes of another.</summary>
    public static byte[] ApplyToTable(byte[] record, FuzzInput input)
    {
        var sections = SectionTable.Read(record.AsMemory(Envelope.HeaderLength)).ToList();
        while (!input.IsEmpty && sections.Count is > 0 and < SectionTable.MaximumCount)
        {
            var at = input.Byte() % sections.Count;
            var section = sections[at];
            switch (input.Byte() % 8)
            {
                case 0:
                    sections.RemoveAt(at);
                    break;
                case 1:
                    sections.Insert(input.Byte() % sections.Count, section);
                    break;
                case 2:
                    sections[at] = section with { Generation = (ushort)input.UInt32() };
                    break;
                case 3:
                    sections[at] = section with { IsRequired = !section.IsRequired };
                    break;
                case 4:
                    sections[at] = section with { Key = $"{section.Key[..1]}{input.Byte()}" };
                    break;
                case 5:
                    sections[at] = section with { Layout = input.UInt32() };
                    break;
                case 6:
                    sections[at] = section with { Blob = sections[input.Byte() % sections.Count].Blob };
                    break;
                default:
                    sections[at] = section with { Blob = Changed(section.Blob.ToArray(), input) };
                    break;
            }
        }

        return Write(sections, Envelope.Open(record).Epoch);
    }

    private static byte[] Changed(byte[] blob, FuzzInput input)
    {
        if (blob.Length == 0) return input.Take(input.Byte()).ToArray();
        blob[input.UInt32() % blob.Length] = input.Byte();
        return input.Byte() % 4 == 0 ? blob[..(int)(input.UInt32() % blob.Length)] : blob;
    }

    private static byte[] Write(List<RecordSection> sections, long epoch)
    {
        using var stream = new MemoryStream();
        stream.SetLength(Envelope.HeaderLength);
        stream.Position = Envelope.HeaderLength;
        SectionTable.WriteCount(stream, sections.Count);
        foreach (var section in sections) SectionTable.Write(stream, section, target => target.Write(section.Blob.Span));
        var bytes = stream.ToArray();
        new Envelope(HyperionStateCodec.Version, epoch, Layout: 0).Seal(bytes);
        return bytes;
    }
}
