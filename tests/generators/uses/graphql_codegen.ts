// A watcher of schedules, with the types of GraphQL Code Generator.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { SchedulesDocument, type SchedulesSubscription } from '../out/graphql-codegen/graphql';

type ResultOf<Document> = Document extends TypedDocumentNode<infer Result, never> ? Result : never;

export function sentence({ scheduleUpdates }: SchedulesSubscription): string {
  // @ts-expect-error: it was not selected
  if (scheduleUpdates.academicYearId) return '';
  return scheduleUpdates.message;
}

export const same: (result: ResultOf<typeof SchedulesDocument>) => string = sentence;
