using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;
using static ActorStack.Actors.Tests.Serialization.RecordBytes;

namespace ActorStack.Actors.Tests.Serialization;

/// <summary>A build reads what the build before and the build after it wrote.</summary>
public sealed class RecordEvolutionTests
{
    private static readonly HyperionStateCodec Codec = HyperionStateCodec.Instance;

    public static TheoryData<string> Required() =>
        [.. StateSections.All.Where(section => section.IsRequired).Select(section => section.Key)];

    public static TheoryData<string> Optional() =>
        [.. StateSections.All.Where(section => !section.IsRequired).Select(section => section.Key)];

    [Fact]
    public void What_the_next_build_wrote_is_read_and_what_it_added_is_kept_out_with_a_line_each()
    {
        var next = new NextBuild
        {
            Multipath = new MultipathSection { Token = 9 },
            SendAdded = new SendAddedSection { SndUrgent = 4 },
        };
        var state = DistinctState.Create();

        var decoded = Codec.Decode(next.Codec.Encode(state));

        Assert.Equal(DistinctState.Show(state), DistinctState.Show(decoded.State));
        Assert.Equal(["multipath/1", "send/2"], decoded.Ledger.Entries.Select(entry => entry.Field).Order());
        Assert.All(decoded.Ledger.Entries, entry => Assert.Equal(Fidelity.Lost, entry.Fidelity));
    }

    [Fact]
    public void What_this_build_wrote_the_next_build_reads_and_finds_defaults_for_what_it_added()
    {
        var next = new NextBuild
        {
            Multipath = new MultipathSection { Token = 9 },
            SendAdded = new SendAddedSection { SndUrgent = 4 },
        };
        var state = DistinctState.Create();

        var decoded = next.Codec.Decode(Codec.Encode(state));

        Assert.Equal(DistinctState.Show(state), DistinctState.Show(decoded.State));
        Assert.Equal((0L, 0u), (next.ReadMultipath.Token, next.ReadSendAdded.SndUrgent));
        Assert.Equal(["multipath/1", "send/2"], decoded.Ledger.Entries.Select(entry => entry.Field).Order());
    }

    [Fact]
    public void What_the_next_build_wrote_it_reads_itself()
    {
        var next = new NextBuild
        {
            Multipath = new MultipathSection { Token = 9 },
            SendAdded = new SendAddedSection { SndUrgent = 4 },
        };

        var decoded = next.Codec.Decode(next.Codec.Encode(DistinctState.Create()));

        Assert.Equal((9L, 4u), (next.ReadMultipath.Token, next.ReadSendAdded.SndUrgent));
        Assert.Empty(decoded.Ledger.Entries);
    }

    [Fact]
    public void A_record_that_passed_through_an_older_build_is_read_by_the_newer()
    {
        var next = new NextBuild();
        var state = DistinctState.Create();
        var older = Codec.Decode(next.Codec.Encode(state));
        Assert.Equal(DistinctState.Show(state), DistinctState.Show(next.Codec.Decode(Codec.Encode(older.State)).State));
    }

    [Fact]
    public void An_unknown_section_that_is_required_is_refused_by_name()
    {
        var bytes = Changed(Codec.Encode(Minimal),
            sections => [.. sections, new RecordSection("encryption", 1, IsRequired: true, 0, new byte[] { 1 })]);
        var error = Assert.Throws<FormatException>(() => Codec.Decode(bytes));
        Assert.Contains("'encryption' generation 1 is required", error.Message);
    }

    [Fact]
    public void A_later_generation_that_is_required_is_refused_by_name()
    {
        var bytes = Changed(Codec.Encode(Minimal), sections => [.. sections, sections[2] with { Generation = 7 }]);
        var error = Assert.Throws<FormatException>(() => Codec.Decode(bytes));
        Assert.Contains("'send' generation 7 is required", error.Message);
    }

    [Theory]
    [MemberData(nameof(Required))]
    public void A_required_section_that_is_missing_is_named(string key)
    {
        var bytes = Changed(Codec.Encode(Minimal), sections => sections.Where(section => section.Key != key));
        var error = Assert.Throws<FormatException>(() => Codec.Decode(bytes));
        Assert.Contains($"'{key}' generation 1 is missing", error.Message);
    }

    [Theory]
    [MemberData(nameof(Optional))]
    public void An_optional_section_that_is_missing_has_its_default_and_a_line_in_the_ledger(string key)
    {
        var bytes = Changed(Codec.Encode(DistinctState.Create()), sections => sections.Where(section => section.Key != key));

        var decoded = Codec.Decode(bytes);

        Assert.Equal($"{key}/1", Assert.Single(decoded.Ledger.Entries).Field);
        var changed = DistinctState.Show(decoded.State).Except(DistinctState.Show(DistinctState.Create())).ToArray();
        Assert.NotEmpty(changed);
        Assert.Subset(DistinctState.Show(new TcpConnectionState()).ToHashSet(), changed.ToHashSet());
    }

    [Fact]
    public void The_order_of_sections_does_not_matter()
    {
        var bytes = Changed(Codec.Encode(DistinctState.Create()), sections => sections.Reverse());
        Assert.Equal(DistinctState.Show(DistinctState.Create()), DistinctState.Show(Codec.Decode(bytes).State));
    }

    [Fact]
    public void A_section_that_stands_in_the_record_twice_is_refused_by_name()
    {
        var bytes = Changed(Codec.Encode(Minimal), sections => [.. sections, sections[3]]);
        var error = Assert.Throws<FormatException>(() => Codec.Decode(bytes));
        Assert.Contains("'receive' generation 1 stands in the record twice", error.Message);
    }

    [Fact]
    public void A_section_with_the_fields_of_another_is_refused_by_name()
    {
        var bytes = Changed(Codec.Encode(Minimal), sections => sections.Select(section =>
            section.Key == "receive" ? section with { Blob = sections[2].Blob, Layout = sections[2].Layout } : section));
        var error = Assert.Throws<FormatException>(() => Codec.Decode(bytes));
        Assert.Contains("'receive' generation 1", error.Message);
    }

    [Fact]
    public void A_section_with_the_blob_of_another_is_refused_by_name_and_field()
    {
        var bytes = Changed(Codec.Encode(Minimal), sections => sections.Select(section =>
            section.Key == "receive" ? section with { Blob = sections[2].Blob } : section));
        var error = Assert.Throws<FormatException>(() => Codec.Decode(bytes));
        Assert.Contains("'receive' generation 1: ReceiveSpaceSection", error.Message);
    }

    [Theory]
    [InlineData("", "key")]
    [InlineData("Send", "key")]
    [InlineData("send space", "key")]
    public void A_key_that_is_none_is_refused(string key, string wrong)
    {
        var bytes = Codec.Encode(Minimal);
        var identity = bytes.AsSpan().IndexOf("\x8identity"u8);
        byte[] changed =
            [.. bytes[..identity], (byte)key.Length, .. System.Text.Encoding.ASCII.GetBytes(key), .. bytes[(identity + 9)..]];
        var error = Assert.Throws<FormatException>(() => Codec.Decode(Reseal(changed)));
        Assert.Contains(wrong, error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    [InlineData(ushort.MaxValue)]
    public void A_count_of_sections_that_does_not_fit_is_refused(ushort count)
    {
        var bytes = Codec.Encode(Minimal);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(Envelope.HeaderLength), count);
        Assert.Throws<FormatException>(() => Codec.Decode(Reseal(bytes)));
    }

    [Fact]
    public void A_record_beyond_the_envelope_is_not_written()
    {
        var state = Minimal with
        {
            Congestion = Minimal.Congestion with { PrivateState = new long[Envelope.MaximumBlob / sizeof(long)] },
        };
        Assert.Throws<FormatException>(() => Codec.Encode(state));
    }

    [Fact]
    public void A_record_that_names_more_payload_than_can_come_beside_it_is_refused()
    {
        var state = Minimal with
        {
            Queues = Minimal.Queues with { SendLength = PayloadAssembly.DefaultLimit, UndeliveredLength = 1 },
        };
        var error = Assert.Throws<FormatException>(() => Codec.Decode(Codec.Encode(state)));
        Assert.Contains("Queues", error.Message);
    }

    /// <summary>What stands in journals: a changed line is a changed format.</summary>
    [Fact]
    public void Keys_generations_and_layouts_are_frozen() => Assert.Equal(
        RecordBytes.Sections(GoldenRecords.Record("2-distinct"))
            .Select(section => (section.Key, section.Generation, section.IsRequired, section.Layout)),
        StateSections.All.Where(section => section.Generation == 1)
            .Select(section => (section.Key, section.Generation, section.IsRequired, section.Layout)));
}
