using System.Text;

namespace Transformer.Compiled.Tokenization;

/// <summary>Reads SentencePiece's <c>.model</c> files: a <c>ModelProto</c> of <c>sentencepiece_model.proto</c>.</summary>
internal static class SentencePieceFile
{
    public static TokenPipeline Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var pieces = new List<SentencePiece>();
        var vocabulary = new Dictionary<string, int>();
        var trainer = new TrainerSettings();
        var normalizer = new NormalizerSettings();
        for (var reader = new ProtobufReader(path, bytes, 0, bytes.Length); reader.Next();)
        {
            switch (reader.Field)
            {
                case 1:
                    SentencePiece piece = ReadPiece(reader.Message());
                    if (!vocabulary.TryAdd(piece.Content, pieces.Count)) throw reader.Error($"the piece '{piece.Content}', which was there before");
                    pieces.Add(piece);
                    break;
                case 2:
                    trainer = ReadTrainer(reader.Message());
                    break;
                case 3:
                    normalizer = ReadNormalizer(reader.Message());
                    break;
                case 5:
                    RefuseMap(reader.Message());
                    break;
            }
        }

        return Combine(path, pieces, vocabulary, trainer, normalizer);
    }

    private static SentencePiece ReadPiece(ProtobufReader reader)
    {
        string content = "";
        float score = 0;
        PieceKind kind = PieceKind.Normal;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    content = reader.Text();
                    break;
                case 2:
                    score = reader.Single();
                    break;
                case 3:
                    kind = (PieceKind)reader.Integer();
                    if (!Enum.IsDefined(kind)) throw reader.Error($"a piece of type {(int)kind}");
                    break;
            }
        }

        return content.Length > 0 ? new SentencePiece(content, score, kind) : throw reader.Error("the end of a piece without content");
    }

    private static TrainerSettings ReadTrainer(ProtobufReader reader)
    {
        var settings = new TrainerSettings();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    settings.ModelType = reader.Integer();
                    if (settings.ModelType is not (TrainerSettings.Unigram or TrainerSettings.BytePairs))
                        throw reader.Error($"model type {settings.ModelType}; supported are 1, unigram, and 2, byte pairs");
                    break;
                case 24:
                    if (reader.Flag()) throw reader.Error("treat_whitespace_as_suffix, which is not supported");
                    break;
                case 35:
                    settings.ByteFallback = reader.Flag();
                    break;
                case 44:
                    settings.UnknownSurface = reader.Text();
                    break;
            }
        }

        return settings;
    }

    private static NormalizerSettings ReadNormalizer(ProtobufReader reader)
    {
        var settings = new NormalizerSettings();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    if (!reader.Bytes().IsEmpty) settings.Map = new CharacterMap(reader.Bytes(), reader.Place);
                    break;
                case 3:
                    Set(SentencePieceSteps.AddDummyPrefix, reader.Flag());
                    break;
                case 4:
                    Set(SentencePieceSteps.RemoveExtraWhitespaces, reader.Flag());
                    break;
                case 5:
                    Set(SentencePieceSteps.EscapeWhitespaces, reader.Flag());
                    break;
            }
        }

        return settings;

        void Set(SentencePieceSteps step, bool isDone) => settings.Steps = isDone ? settings.Steps | step : settings.Steps & ~step;
    }

    private static void RefuseMap(ProtobufReader reader)
    {
        while (reader.Next())
        {
            if (reader.Field == 2 && !reader.Bytes().IsEmpty) throw reader.Error("a map of characters for decoding, which is not supported");
        }
    }

    private static TokenPipeline Combine(
        string path, List<SentencePiece> pieces, Dictionary<string, int> vocabulary, TrainerSettings trainer, NormalizerSettings normalizer)
    {
        int unknown = pieces.FindIndex(piece => piece.Kind == PieceKind.Unknown);
        if (unknown < 0) throw new TokenizerFormatException($"{path} has no piece of type unknown among its {pieces.Count}.");
        if (pieces.FindLastIndex(piece => piece.Kind == PieceKind.Unknown) != unknown)
            throw new TokenizerFormatException($"{path} has more than one piece of type unknown; '{pieces[unknown].Content}' is the first.");
        bool isUnigram = trainer.ModelType == TrainerSettings.Unigram;
        if (!isUnigram && pieces.Exists(piece => piece.Kind == PieceKind.Unused))
            throw new TokenizerFormatException($"{path} has pieces of type unused, which are not supported with byte pairs.");

        var unknownCharacters = new UnknownCharacters(unknown, trainer.ByteFallback ? ByteTokens(path, pieces, vocabulary) : null);
        var userDefined = new PieceTrie();
        foreach (SentencePiece piece in pieces.Where(piece => piece.Kind == PieceKind.UserDefined)) userDefined.Add(piece.Content, vocabulary[piece.Content]);
        const SentencePieceSteps Leading = SentencePieceSteps.AddDummyPrefix | SentencePieceSteps.RemoveExtraWhitespaces;
        return new TokenPipeline
        {
            Normalizers = [new SentencePieceNormalizer(normalizer.Map, normalizer.Steps, userDefined)],
            Cutter = new WordCutter.Whole(),
            Model = isUnigram ? new UnigramModel(pieces, unknownCharacters) : new SentencePieceMerges(pieces, unknownCharacters),
            PaddingToken = vocabulary.TryGetValue("<pad>", out int padding) ? padding : null,
            Vocabulary = vocabulary,
            Decoded = content => Decoded(pieces[vocabulary[content]], trainer.UnknownSurface),
            LeadingSpaces = (normalizer.Steps & Leading) != 0 ? 1 : 0,
        };
    }

    private static int[] ByteTokens(string path, List<SentencePiece> pieces, Dictionary<string, int> vocabulary)
    {
        var tokens = new int[256];
        for (int value = 0; value < tokens.Length; value++)
        {
            string content = $"<0x{value:X2}>";
            bool isThere = vocabulary.TryGetValue(content, out tokens[value]) && pieces[tokens[value]].Kind == PieceKind.Byte;
            if (!isThere) throw new TokenizerFormatException($"{path} falls back to bytes, and has no piece {content} of type byte.");
        }

        return tokens;
    }

    private static byte[] Decoded(SentencePiece piece, string unknownSurface) => piece.Kind switch
    {
        PieceKind.Control => [],
        PieceKind.Unknown => Encoding.UTF8.GetBytes(unknownSurface),
        PieceKind.Byte when BytePairModel.IsByte(piece.Content, out byte value) => [value],
        _ => Encoding.UTF8.GetBytes(piece.Content.Replace(SentencePiece.Space, ' ')),
    };

    private sealed class TrainerSettings
    {
        public const int Unigram = 1;
        public const int BytePairs = 2;

        public int ModelType { get; set; } = Unigram;

        public bool ByteFallback { get; set; }

        public string UnknownSurface { get; set; } = " \u2047 ";
    }

    private sealed class NormalizerSettings
    {
        public CharacterMap? Map { get; set; }

        public SentencePieceSteps Steps { get; set; } =
            SentencePieceSteps.AddDummyPrefix | SentencePieceSteps.RemoveExtraWhitespaces | SentencePieceSteps.EscapeWhitespaces;
    }
}
